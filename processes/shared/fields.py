"""What the leaders of the office divide among themselves (分工), as the forms name it."""

FIELDS = {
    "general": "综合政务",
    "finance": "财政金融",
    "reform": "发展改革",
    "agriculture": "农业农村",
    "water": "水利",
    "education": "教育科技",
    "health": "卫生健康",
    "culture": "文化旅游",
    "construction": "城乡建设",
    "transport": "交通",
    "emergency": "应急管理",
}
