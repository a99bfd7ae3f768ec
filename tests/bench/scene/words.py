"""Made texts of the usual lengths, by seed."""

from __future__ import annotations

import random

SUBJECTS = ("校园雨水", "社区垃圾", "教室照明", "红树林", "公交站台", "老人跌倒", "盲道障碍", "厨余堆肥", "台风预警", "电动车充电",
            "无人机巡检", "蔬菜农残", "噪声地图", "河涌水质", "智能药盒", "共享雨伞", "课桌坐姿", "蚊虫诱捕", "太阳能遮阳", "海绵校园")  # fmt: skip
METHODS = (
    "监测",
    "回收利用",
    "自动识别",
    "节能优化",
    "预警系统",
    "对比研究",
    "辅助装置",
    "数据分析",
    "模型设计",
    "低成本检测",
)
SENTENCES = (
    "我们在放学路上发现这个问题，先用一个月时间记录了它出现的时间和地点。",
    "实验分为三组，每组重复十次，用同一台仪器在相同的温度下测量。",
    "第一版装置容易受潮，我们换了密封圈并重新设计了外壳。",
    "与现有的做法相比，材料成本从一百二十元降到三十五元，安装时间不到十分钟。",
    "我们向三十八位居民发放问卷，收回三十六份，其中三十一位愿意继续使用。",
    "数据显示，处理后的样本平均值下降了百分之四十二，差异具有统计学意义。",
    "不足之处是样本主要来自一个街道，今后还要在不同季节继续观察。",
    "老师帮助我们联系了实验室，所有测量和记录由我们自己完成。",
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "子涵宇轩欣怡浩然梓萱思远嘉俊杰雨桐明哲诗天佑一诺若曦泽睿妍博文"
COMMENT = "选题来自生活，研究过程完整，数据记录清楚；对照组设计可以再加强，结论部分应说明适用范围。"


class Writer:
    """Texts and names in an order that the seed fixes."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def title(self, number: int) -> str:
        return f"基于{self.draw.choice(SUBJECTS)}的{self.draw.choice(METHODS)}研究与实践（{number}）"

    def text(self, length: int) -> str:
        parts, size = [], 0
        while size < length:
            parts.append(self.draw.choice(SENTENCES))
            size += len(parts[-1])
        return "".join(parts)[:length]

    def name(self) -> str:
        return self.draw.choice(SURNAMES) + self.draw.choice(GIVEN) + self.draw.choice(GIVEN)
