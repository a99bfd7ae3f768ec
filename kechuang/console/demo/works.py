"""Invented works of the demo city: (discipline, stage, title, English title, what it is about)."""

WORKS = (
    ("TD", "primary", "会提醒喝水的教室水杯架", "A classroom cup rack that reminds you to drink", "用称重传感器记录每个水杯的变化，超过一节课没有喝水就亮灯提醒。"),
    ("TD", "primary", "盲文点位练习器", "A practice board for Braille dots", "六个可升降的小柱配合语音，帮助初学者练习盲文点位。"),
    ("TD", "primary", "雨天公交站台的自动收伞装置", "An automatic umbrella folder for bus stops", "观察雨天站台的拥挤情况，设计用脚踏带动的收伞装置。"),
    ("MS", "primary", "哪种纸桥能承受最多的硬币", "Which paper bridge carries the most coins", "比较五种折法的纸桥，记录承重并分析受力。"),
    ("MS", "primary", "不同颜色的屋顶对室内温度的影响", "How roof colours change the room temperature", "用六个模型房测量一周的温度变化。"),
    ("LS", "primary", "校园里的蜗牛喜欢什么样的石头", "Which stones do campus snails prefer", "四周的定点观察，比较湿度、粗糙度与蜗牛数量。"),
    ("LS", "primary", "豆芽在不同音量下的生长", "Bean sprouts under different sound levels", "设置对照组，测量七天的芽长。"),
    ("LS", "primary", "蚯蚓堆肥对生菜生长的影响", "Earthworm compost and lettuce growth", "比较三种土壤中生菜的叶片数和重量。"),
    ("ES1", "primary", "用手机记录一个月的月相", "A month of moon phases with a phone", "每天同一时间拍摄，拼成月相图并与日历对照。"),
    ("ES1", "primary", "学校旁小河水质的四季变化", "A stream near our school through four seasons", "测量浊度、pH 值和温度，绘制季节变化图。"),
    ("SO1", "primary", "午餐剩饭从哪里来", "Where lunch leftovers come from", "两周称重与访谈，提出分量可选的建议并试行。"),
    ("SO1", "primary", "同学们怎样选择放学路线", "How pupils choose their way home", "问卷与路线图，找出两个需要改进的路口。"),
    ("PH", "junior", "单摆周期与空气阻力关系的测量", "Pendulum period and air drag", "用光电门测量不同形状摆锤的周期，建立修正公式。"),
    ("PH", "senior", "低成本光谱仪的标定与误差分析", "Calibrating a low-cost spectrometer", "以光盘光栅制作光谱仪，用已知谱线标定并给出误差。"),
    ("PH", "senior", "海边城市上空大气消光的长期观测", "Atmospheric extinction over a coastal city", "连续六十个夜晚拍摄同一天区，计算消光系数。"),
    ("CH", "junior", "紫甘蓝试纸的保存方法", "Keeping red-cabbage test paper", "比较五种保存条件下试纸变色的灵敏度。"),
    ("CH", "senior", "牡蛎壳粉吸附磷酸盐的性能", "Phosphate adsorption by oyster shell powder", "改变煅烧温度与粒径，测定吸附等温线。"),
    ("CH", "senior", "可降解餐盒在家庭堆肥条件下的分解", "Home composting of degradable lunch boxes", "三个月失重与红外光谱分析。"),
    ("BO", "junior", "红树幼苗在不同盐度下的根系发育", "Mangrove seedling roots under salinity", "五个盐度梯度，测量根长与侧根数。"),
    ("BO", "senior", "校园草坪踩踏后的恢复过程", "Recovery of trampled campus lawns", "样方调查与图像识别结合，估算恢复时间。"),
    ("ZO", "junior", "城市公园里白头鹎的鸣叫时段", "Calling hours of bulbuls in city parks", "自动录音三十天，比较不同噪声环境下的鸣叫。"),
    ("ZO", "senior", "人工光对夜行昆虫趋光行为的影响", "Artificial light and nocturnal insects", "比较四种色温的灯具诱集的昆虫数量与类群。"),
    ("MI", "senior", "校园饮水机出水口的菌落调查", "Bacterial colonies on drinking taps", "分时段取样培养，评估清洁频率的效果。"),
    ("MI", "junior", "不同洗手方法去除细菌的效果", "How well different hand washing works", "对照实验与菌落计数，提出校园洗手提示。"),
    ("BC", "senior", "几种野菜中抗氧化成分的快速检测", "Quick assay of antioxidants in wild greens", "用比色法比较提取条件，建立校内可做的检测流程。"),
    ("BM", "senior", "基于手机摄像头的坐姿提醒", "Posture reminders with a phone camera", "在本机识别关键点，不上传图像，比较提醒策略的效果。"),
    ("BM", "junior", "书包重量与行走姿态的关系", "Backpack weight and gait", "用加速度计测量六十名志愿者的步态。"),
    ("EV", "junior", "城中村屋顶雨水收集的潜力估算", "Rainwater harvesting on village roofs", "测绘屋顶面积并结合降雨数据估算可用水量。"),
    ("EV", "senior", "海滩微塑料的季节分布", "Seasonal microplastics on a beach", "六个采样点、四个季节，建立分拣与计数流程。"),
    ("EV", "senior", "用再生混凝土做透水步道", "Permeable paths from recycled concrete", "比较骨料配比的透水系数和抗压强度。"),
    ("CS", "junior", "帮助外公外婆认药的小程序", "An app that helps grandparents tell medicines apart", "离线识别药盒并用方言朗读用法。"),
    ("CS", "senior", "面向小样本鸟鸣的分类方法比较", "Classifying bird calls from few samples", "比较三种特征与两种模型，公开数据与代码。"),
    ("CS", "senior", "公交到站预测的不确定性表达", "Showing the uncertainty of bus arrivals", "用区间代替单一时间，并做可用性测试。"),
    ("EN", "junior", "可折叠的应急担架", "A foldable emergency stretcher", "三次结构改进，单人一分钟内展开，承重九十千克。"),
    ("EN", "senior", "盲人地铁导航手环", "A metro guidance band for blind riders", "蓝牙信标与振动编码结合，二十名志愿者试用。"),
    ("EN", "senior", "教室窗帘的自适应采光控制", "Adaptive daylight control for classrooms", "以照度和眩光为指标，比较两种控制策略。"),
    ("EN", "junior", "给轮椅加装的爬坡助力装置", "Hill assist for wheelchairs", "低成本电机与棘轮结构，附安全测试记录。"),
    ("EG", "senior", "温差发电片在校园热水管上的应用", "Thermoelectric power from campus hot pipes", "测量昼夜输出功率，估算回收期。"),
    ("EG", "junior", "风力发电机叶片形状的比较", "Comparing wind turbine blades", "用三维打印制作八种叶片，测量输出功率。"),
    ("MA", "senior", "校门口接送车辆排队的数学模型", "A queueing model of the school gate", "采集两周数据，建立排队模型并检验改进方案。"),
    ("MA", "junior", "七巧板能拼出多少种凸多边形", "Convex shapes from a tangram", "穷举与证明结合，给出全部凸多边形。"),
    ("SO", "senior", "短视频使用时间与睡眠的关系", "Short videos and sleep", "三百份匿名问卷，控制年级与运动时间。"),
    ("SO", "junior", "班级图书角怎样被更多人使用", "Getting a class library used", "两个班对照实验，比较三种陈列方式。"),
)  # fmt: skip

FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN_NAMES = (
    "一诺",
    "子涵",
    "梓萱",
    "浩然",
    "雨桐",
    "思远",
    "嘉怡",
    "明哲",
    "若溪",
    "宇轩",
    "可欣",
    "俊熙",
    "诗涵",
    "天佑",
    "语嫣",
    "博文",
    "晓彤",
    "子墨",
    "佳宁",
    "承志",
)


def invented_name(number: int) -> str:
    """The number-th invented name; names repeat after some hundreds, as they do in a city."""
    return FAMILY_NAMES[number % len(FAMILY_NAMES)] + GIVEN_NAMES[(number // 3 + number) % len(GIVEN_NAMES)]


BEGINNINGS = (
    "这个题目来自我们在生活中反复遇到的一件小事，身边的人都习惯了，却没有人量过。",
    "我们先查了资料，发现已有的做法要么太贵，要么同龄人做不了，于是想自己试一试。",
    "起因是科学课上的一个疑问，老师没有直接给答案，让我们自己设计实验。",
    "在社区走访时，好几位居民提到同一个困难，我们决定把它当成课题。",
)
ENDINGS = (
    "全过程共记录 {n} 组数据，异常值都说明了原因。结果在校内展示后收到 23 条建议，我们据此改了两版，并把步骤写成了同学也能照着做的说明。",
    "重复 {n} 次后结果稳定，误差在可以接受的范围内。下一步想换一个季节再做一遍，看看结论是否还成立。",
    "成本控制在 {n} 元以内，材料都能在文具店或网上买到。图纸、数据和代码都已整理好，愿意分享给其他学校。",
    "和最初的猜想不同，真正起作用的是平时不注意的那个条件；我们用 {n} 个样本检验了这一点，也写下了方法的不足。",
)


def abstract_for(about: str, number: int) -> str:
    """A plausible abstract in three short paragraphs."""
    ending = ENDINGS[(number * 3 + len(about)) % len(ENDINGS)].format(n=36 + number % 7 * 12)
    return f"{BEGINNINGS[(number + len(about)) % len(BEGINNINGS)]}\n\n{about}\n\n{ending}"


def answers_for(about: str, kind: str) -> dict[str, str]:
    """Complete answers to the contest's form."""
    return {
        "kind": kind,
        "keywords": "观察、实验、改进",
        "origin": "这个问题来自日常生活中的观察：我们反复看到它发生，却没有人说清楚原因。",
        "method": f"{about}我们先做了预实验，再确定样本数和对照组，全程记录原始数据。",
        "novelty": "与已有做法相比，我们降低了成本，并让同龄人可以独立重复。",
        "result": "结果达到预期，已在校内试用，并根据反馈改进了两次。",
        "period_from": "2025-03-01",
        "period_to": "2026-05-20",
        "lab": "no",
        "adult_help": "指导教师讲解了安全要求并检查了记录，其余由学生完成。",
        "living": "no",
        "earlier": "no",
    }
