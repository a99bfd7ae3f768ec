"""The reporting units of the city: eleven districts and the line of schools directly under it (GB/T 2260 codes where there are any)."""

UNITS = (
    ("440303", "罗湖区", "440303"),
    ("440304", "福田区", "440304"),
    ("440305", "南山区", "440305"),
    ("440306", "宝安区", "440306"),
    ("440307", "龙岗区", "440307"),
    ("440308", "盐田区", "440308"),
    ("440309", "龙华区", "440309"),
    ("440310", "坪山区", "440310"),
    ("440311", "光明区", "440311"),
    ("4403DP", "大鹏新区", ""),
    ("4403SS", "深汕特别合作区", ""),
    ("4403ZS", "市直属学校", ""),
)
LINE = "4403ZS"

SCHOOLS = (
    ("示范第一小学", "primary", "Model Primary School No. 1"),
    ("示范第二小学", "primary", "Model Primary School No. 2"),
    ("示范初级中学", "junior", "Model Junior Secondary School"),
    ("示范实验学校", "nine_year", "Model Experimental School"),
    ("示范中学", "complete", "Model Secondary School"),
)
"""Invented and neutral: five schools in every unit, sixty in all."""

PARTNERS = (
    ("示范科技馆", "museum"),
    ("示范理工大学", "university"),
    ("示范智能科技公司", "enterprise"),
    ("示范青少年活动中心", "youth_centre"),
    ("示范海洋研究所", "institute"),
)
