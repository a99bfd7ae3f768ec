"""What the public sees of a person (儿童个人信息网络保护规定; 公示只公开遮蔽后的姓名)."""


def mask_name(name: str) -> str:
    """张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧**三."""
    name = name.strip()
    if len(name) <= 2:
        return name[:1] + "*" if name else ""
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_id(number: str) -> str:
    """440305201203041234 → 4403**********1234: enough to recognise one's own, not enough to use."""
    number = number.strip()
    if len(number) < 12:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678."""
    phone = phone.strip()
    if len(phone) < 8:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


def mask_email(email: str) -> str:
    """lihua@example.cn → l***@example.cn."""
    name, at, domain = email.strip().partition("@")
    return f"{name[:1]}***{at}{domain}" if at else "*" * len(name)
