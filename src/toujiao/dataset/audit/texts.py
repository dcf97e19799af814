"""Every sentence of the audit: (what is wrong, how to repair it) by the code of the finding."""

from __future__ import annotations

FINDINGS: dict[str, tuple[str, str]] = {
    "no-rows": (
        "一行数据也没有",
        "请检查是不是选错了文件",
    ),
    "few-rows": (
        "只有 {total} 行：能改口吻和格式，教不会新知识",
        "先凑到 {enough} 行以上，多写几种问法，也写几行该拒绝的问题",
    ),
    "no-trained-token": (
        "{count}/{total} 行没有一个要学的词元（{where}），这些行的损失是 0，等于没学",
        "{reason}",
    ),
    "no-end-token": (
        "{count}/{total} 行没有要学的结束符 {end}（{where}），学完会说个不停",
        "请用 toujiao 自带的对话模板：结束符要和回答一起计入训练",
    ),
    "truncated": (
        "{count}/{total} 行超过配方的 max_length = {max_length} 个词元，会从末尾截断；"
        "{answers} 个回答丢了结束符（{where}），模型会学成讲到一半不停",
        "把 max_length 改成 {enough}（最长的一行有 {longest} 个词元），或缩短、拆开、删掉这些行",
    ),
    "beyond-model": (
        "配方的 max_length = {max_length}，超过这个模型的上限 {limit} 个词元",
        "把 max_length 改成 {limit} 以内",
    ),
    "pad-is-end": (
        "分词器的填充符就是结束符 {end}：按词元遮填充的训练程序会把结束符也遮掉，学不会停",
        "给分词器换一个填充符（Qwen 用 <|endoftext|>）；toujiao 按位置遮，自己训练不受影响",
    ),
    "not-a-chat-base": (
        "这个底座以 {eos} 结束，不是对话模型的 {end}：{end} 可能没有训练过，只练 LoRA 学不会停",
        "换成对话版的底座（如 Qwen/Qwen3-0.6B，不带 -Base；Qwen2.5 要带 -Instruct）",
    ),
    "few-steps": (
        "{total} 行，每步 {batch} 行，每轮 {per_epoch} 步，{epochs} 轮共 {steps} 步：太少{effect}",
        "{suggestion}",
    ),
    "few-steps-limited": (
        "配方用 max_steps 限定只训练 {steps} 步：太少{effect}",
        "去掉 max_steps；{suggestion}",
    ),
    "duplicate": (
        "{count} 行和前面的行重复（只差空格、标点或大小写）：{examples}",
        "删掉重复的行；一行写几遍，就等于给它几倍的分量",
    ),
    "near-duplicate": (
        "{count} 行和前面的行几乎一样：{examples}",
        "留下最好的一行，或把问法改得真正不同",
    ),
    "leak": (
        "{count} 行里有评测要考的原题：{examples}",
        "从训练数据里删掉这些问题，不然评测分数不可信",
    ),
    "near-leak": (
        "{count} 行和评测题几乎一样：{examples}",
        "删掉或换一个问法，不然评测分数偏高",
    ),
    "advice": (
        "{count} 行的回答里有荐股的话：{examples}",
        "改成讲方法、讲风险，或婉拒；引用别人的话请放进“”",
    ),
    "promise": (
        "{count} 行的回答里有保证收益的话：{examples}",
        "删掉，或放进“”并说明为什么不对",
    ),
    "unsourced-number": (
        "{count} 行的回答里有资料、提问和前文都没有的数字：{examples}",
        "把出处写进资料或提问，或删掉数字；不然模型学会的是自己编数字",
    ),
    "few-votes": (
        "只有 {total} 票：几个人的口味，说明不了什么",
        "先收到 {enough} 票以上再练",
    ),
    "one-sided": (
        "{total} 票全是 {mark}：没有对比，学不到什么好、什么不好",
        "等两种票都有了再练；只有好的回答，可以改成对话格式用 toujiao train sft",
    ),
    "uneven": (
        "👍 {liked} 个，👎 {disliked} 个，少的一边每票要顶 {times:.0f} 票",
        "多收一些少的那种票，不然几票就决定了方向",
    ),
    "both-ways": (
        "{count} 个回答既有人 👍 又有人 👎：{examples}",
        "两种票会互相抵消，请看过以后留下一种",
    ),
    "liked-advice": (
        "{count} 个 👍 的回答里有荐股的话：{examples}",
        "有人喜欢听，不等于可以学：请删掉这些票",
    ),
    "liked-promise": (
        "{count} 个 👍 的回答里有保证收益的话：{examples}",
        "有人喜欢听，不等于可以学：请删掉这些票",
    ),
    "liked-unsourced-number": (
        "{count} 个 👍 的回答里有资料和提问都没有的数字：{examples}",
        "核对这些数字，错的请删掉这一票",
    ),
    "not-spoken": (
        "{count} 票投给了程序的固定回答（婉拒、提醒、不知道、计算），不是模型说的（{where}）",
        "不用改：这些票不拿来训练，不然讨厌婉拒的人会把模型教成荐股",
    ),
    "not-as-seen": (
        "{count} 票没有存模型当时看到的资料（旧版收的，{where}）",
        "不用改：这些票不拿来训练，不然模型学的是没有资料也照说",
    ),
}

FEW_STEPS_EFFECT = {"stop": "，模型几乎不会变", "warn": "，效果可能不明显"}
SUGGESTION = (
    "配方写 epochs = {epochs:g}、rows_per_step = {rows_per_step}、"
    "learning_rate = {learning_rate:.0e}，共 {steps} 步"
)
TEMPLATE_MARKS_NOTHING = (
    "对话里没有回答，或对话模板没有标出回答，请用 toujiao 自带的模板，用 dataset show 看一眼"
)
PROMPT_FILLS_ALL = (
    "提问和资料已经占满 {max_length} 个词元，请缩短资料，或把 max_length 改成 {enough}"
)
PAIR = "第 {second} 行同第 {first} 行"
IN_ROW = "第 {row} 行“{what}”"

TITLE = "{rows} 行，{tokens} 个词元，其中要学的 {trained} 个（{share:.0%}）"
LENGTHS = "每行的词元数（配方 {recipe} 的 max_length = {max_length}）"
BIN = "{low:>6}～{high:<6}"
PLAN = (
    "配方 {recipe}：{epochs:g} 轮，每步 {rows_per_step} 行，"
    "学习率 {learning_rate:.0e}，共 {steps} 步"
)
VOTES = (
    "👍 {liked} 票，每票算 {liked_weight:.2f}；👎 {disliked} 票，每票算 {disliked_weight:.2f}；"
    "损失 {loss}，beta = {beta:g}"
)
ONLY_SOME = "其中 {used} 行用来训练"
SUGGESTED = "{rows} 行数据建议：{suggestion}"
REPAIR = "  → {repair}"
LABELS = {"stop": "停止", "warn": "注意"}
CLEAN = "没有发现问题，可以训练。"
WARNED = "{warns} 处要注意，看过再决定。可以训练。"
STOPPED = "{stops} 处会毁掉这次训练，请先改好。"
PREVIEW = "第 {row} 行（绿色或〖〗里的是要学的）"
NO_QUESTION = (
    '{path} 第 {line} 行：没有 question。题目文件每行写 {{"question": "……"}}，或用训练数据的格式。'
)
