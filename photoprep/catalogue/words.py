"""The words by which a file name tells its view, in English and Chinese; and other known words.

Views are the contract's kinds. The longest matching word wins, so that 不含配件 is not taken for
an accessory that is included.
"""

from __future__ import annotations

VIEW_WORDS: dict[str, tuple[str, ...]] = {
    "closed": ("closed", "close", "shut", "folded", "合起", "合上", "关闭", "闭合", "收起"),
    "open": ("open", "opened", "unfolded", "打开", "展开", "开启"),
    "front": ("front", "main", "正面", "主图", "前面"),
    "back": ("back", "rear", "背面", "后面", "反面"),
    "side": ("side", "left", "right", "profile", "侧面", "左侧", "右侧"),
    "top": ("top", "above", "顶部", "俯视", "上面"),
    "detail": ("detail", "details", "closeup", "macro", "细节", "特写", "局部"),
    "packaging": ("packaging", "package", "packing", "carton", "giftbox", "包装", "彩盒", "外箱"),
    "accessory": ("accessory", "accessories", "spare", "spares", "配件", "附件"),
    "accessory-not-included": (
        "not included",
        "optional",
        "sold separately",
        "另购",
        "选配",
        "不含",
    ),
    "scene": ("scene", "lifestyle", "in use", "ambient", "场景", "使用"),
}

# In file names, where every letter counts; the other views stand there as they are.
SHORT_VIEWS = {
    "unknown": "",
    "packaging": "pack",
    "accessory": "part",
    "accessory-not-included": "optional",
}

# Folder names that say nothing of a product.
PLAIN_FOLDERS = frozenset(
    {
        "photos",
        "photo",
        "pictures",
        "images",
        "img",
        "dcim",
        "new folder",
        "照片",
        "图片",
        "新建文件夹",
    }
)

# What cameras and phones put in front of their counters (DCF allows four free characters).
CAMERA_WORDS = frozenset(
    {"img", "dsc", "dscf", "dscn", "dcim", "pxl", "mvimg", "image", "photo", "pic", "picture"}
    | {"wa", "screenshot", "scan", "p", "wechat", "mmexport", "微信图片", "照片", "图片"}
)
