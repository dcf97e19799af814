"""Every Chinese text of the verification: names of hops, columns, failures and what to do."""

from __future__ import annotations

BASE = "底座"
REFERENCE = "底座+适配器（参考）"
MERGED = "合并后"
MERGED_GGUF = "合并后 GGUF {kind}"
BASE_GGUF = "底座 GGUF F16"
LORA_GGUF = "底座 GGUF F16 + LoRA GGUF"
OWN_SERVER = "OpenAI 接口（自带）"
OTHER_SERVER = "OpenAI 接口 {url}"
SHIPPED = "随包的 GGUF 文件"

TITLE = "逐环节核对：{prompts} 个提示，{places} 个词元"
COLUMNS = ("环节", "提示相同", "最大差", "词元一致", "自己停下", "靠近参考", "结论")
PASSED, FAILED, COMPARED = "通过", "不过", "对照"
NOTHING = "—"
LENGTH_ONLY = "{same}/{known} 等长"

LEGEND = (
    "最大差：transformers 比的是 logit，llama.cpp 和服务器比的是最可能的 {top} 个词元的对数概率（标 p）。"
    "靠近参考：100% 是和参考一样，0% 是和底座一样。"
    "适配器的效果：最可能的词元的对数概率平均变了 {effect:.3f}；"
    "留出题的损失 {before:.3f} → {after:.3f}。"
)
FEW_PLACES = (
    "只比较了 {places} 个词元，少于 {fewest} 个，比例只能粗看；可以加大 --prompts 或换一个 --data。"
)
FOREIGN_BASE_TEMPLATE = (
    "底座文件夹自带的聊天模板和训练用的不同：直接用底座文件夹聊天或起服务时，"
    "要指定训练用的模板（适配器文件夹里的 chat_template.jinja）。"
)
OTHER_BASE = "指定的底座 {given} 和适配器写的 {named} 不是同一份权重。"
REPORT_AT = "报告：{path}"
ALL_PASSED = "全部环节通过。"

# What is wrong, by measure.
WRONG = {
    "ids": "提示词元有 {count} 个不同（共 {total} 个提示），{cause}",
    "agreement": "下一词元只有 {share:.2%} 一致，应不低于 {limit:.1%}",
    "nearness": "靠近参考只有 {share:.0%}，应不低于 {limit:.0%}（0% 就是没装适配器的底座）",
    "no_effect": "看不出适配器的作用（对数概率平均只差 {effect:.4f}，应不低于 {limit}）",
    "stops": "参考停在 <|im_end|> 的 {total} 处，只有 {count} 处自己停下",
    "never_stops": "{total} 个提示里只有 {count} 个自己停在 <|im_end|>",
    "stop_declared": "没有把 <|im_end|> 写成结束词元",
    "loss": "装上适配器，留出题的损失从 {before:.3f} 变成 {after:.3f}{noted}",
    "files": "和现在写出的不一样：{names}",
    "run": "{error}",
}
NOTED_LOSS = "（训练时记的是 {before:.3f} → {after:.3f}）"
TEMPLATE_DIFFERS = "聊天模板和训练时的不一样"
TOKENIZER_DIFFERS = "模板相同，是分词器不一样"
LENGTH_DIFFERS = "长度对不上，多半是聊天模板和训练时的不一样"

_EXPORT_AGAIN = "请用 toujiao models merge 或 toujiao models gguf 重新导出，不要手工改文件"
_RETRAIN = "请检查训练数据里每个回答都以 <|im_end|> 结束（toujiao dataset audit），然后重新训练"
# What to do, by kind of hop and measure; "*" stands for any measure.
REMEDIES = {
    "base": {},
    "reference": {
        "ids": "请从底座重新复制分词器，chat_template.jinja 用训练时写出的那一份",
        "never_stops": _RETRAIN,
        "no_effect": "请检查适配器的权重是不是零、学习率和步数是不是太小，再重新训练",
        "loss": "多半是底座不对：请用 --base 指定训练时的底座，或确认适配器属于它",
    },
    "merged": {"*": _EXPORT_AGAIN},
    "gguf": {
        "ids": "GGUF 里要写训练时的模板和底座的分词器：" + _EXPORT_AGAIN,
        "stops": "请看 GGUF 的 tokenizer.ggml.eos_token_id：" + _EXPORT_AGAIN,
        "stop_declared": "tokenizer.ggml.eos_token_id 要是 <|im_end|> 的编号：" + _EXPORT_AGAIN,
        "nearness": "多半是没有装上适配器，或者强度（alpha/r）不对：" + _EXPORT_AGAIN,
        "*": "请确认它是从这一对底座和适配器导出的：" + _EXPORT_AGAIN,
    },
    "server": {
        "ids": "请给服务器指定训练时的模板（vLLM 用 --chat-template 适配器文件夹/chat_template.jinja）",
        "stops": "请把 <|im_end|> 设成服务器的停止词",
        "nearness": "请确认服务器装上了适配器，--server-model 写的是它的名字",
        "*": "请确认服务器用的是 16 位的同一个模型、同一个模板，而且没有设重复惩罚",
    },
    "shipped": {"*": "请重新写出随包的 GGUF 文件（toujiao models gguf）"},
}
