"""The loss of the learned tokens is the loss of the whole model, and so is its gradient."""

from __future__ import annotations

from pathlib import Path

import pytest

from toujiao.models.template import chat_template
from toujiao.train.answer_loss import ROWS, answer_loss, fits, trainer_class
from toujiao.train.packing import IGNORED

pytestmark = pytest.mark.model
MESSAGES = [
    {"role": "user", "content": "什么是股票？"},
    {"role": "assistant", "content": "股票就是公司的一小份。"},
]
LONGER = [
    {"role": "user", "content": "什么是均线？均线就是平均价连成的线。什么是股票？"},
    {"role": "assistant", "content": "均线就是平均价连成的线。"},
]


def usual_loss(hidden, weight, labels):
    from torch.nn.functional import cross_entropy

    logits = (hidden @ weight.T)[:, :-1].flatten(0, 1)
    return cross_entropy(logits, labels[:, 1:].flatten(), reduction="sum", ignore_index=IGNORED)


def test_it_is_the_cross_entropy_of_all_positions_with_the_same_gradient():
    import torch

    torch.manual_seed(0)
    length = ROWS + 40  # so that a row of the batch crosses the border of two parts
    hidden = torch.randn(2, length, 8, requires_grad=True)
    weight = torch.randn(50, 8)
    labels = torch.randint(0, 50, (2, length))
    labels[0, : length // 2] = IGNORED
    expected = usual_loss(hidden, weight, labels)
    (wanted,) = torch.autograd.grad(expected * 0.5, hidden)
    total, count = answer_loss(hidden, weight, labels)
    (slope,) = torch.autograd.grad(total * 0.5, hidden)
    assert int(count) == int((labels[:, 1:] != IGNORED).sum())
    torch.testing.assert_close(total, expected)
    torch.testing.assert_close(slope, wanted)


def test_a_batch_without_learned_tokens_has_no_loss_and_no_slope():
    import torch

    hidden = torch.randn(1, 5, 8, requires_grad=True)
    total, count = answer_loss(hidden, torch.randn(50, 8), torch.full((1, 5), IGNORED))
    total.backward()
    assert (float(total), int(count)) == (0.0, 0)
    assert not hidden.grad.any()


@pytest.fixture
def trainer(base: Path, tmp_path: Path):
    """Makes a trainer of the given class on two rows of different length."""
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed
    from trl import SFTConfig

    def make(kind, **settings):
        set_seed(1)
        tokenizer = AutoTokenizer.from_pretrained(base)
        tokenizer.chat_template = chat_template()
        arguments = {
            "output_dir": str(tmp_path),
            "max_steps": 3,
            "per_device_train_batch_size": 2,
            "learning_rate": 0.01,
            "assistant_only_loss": True,
            "gradient_checkpointing": False,
            "bf16": False,
            "use_cpu": True,
            "logging_steps": 1,
            "save_strategy": "no",
            "report_to": "none",
            "dataloader_pin_memory": False,
        }
        return kind(
            model=AutoModelForCausalLM.from_pretrained(base, dtype="float32"),
            args=SFTConfig(**arguments | settings),
            train_dataset=Dataset.from_list([{"messages": MESSAGES}, {"messages": LONGER}]),
            processing_class=tokenizer,
            peft_config=LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM"),
        )

    return make


def curve(trainer) -> list[float]:
    trainer.train()
    return [record["loss"] for record in trainer.state.log_history if "loss" in record]


def test_training_takes_the_same_course_as_with_trl(trainer):
    """Held-out loss and training loss; checkpointing changes neither. The log counts the tokens
    without padding."""
    from trl import SFTTrainer

    ours = trainer(trainer_class(), gradient_checkpointing=True)
    theirs = trainer(SFTTrainer)
    losses = [t.evaluate(t.train_dataset)["eval_loss"] for t in (ours, theirs)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert curve(ours) == pytest.approx(curve(theirs), rel=1e-4)
    once = sum(len(ids) for ids in ours.train_dataset["input_ids"])
    counted = [record["num_tokens"] for record in ours.state.log_history if "loss" in record]
    assert counted == [once, 2 * once, 3 * once]


def test_in_bf16_too_it_takes_the_course_of_trl(trainer):
    from trl import SFTTrainer

    ours = curve(trainer(trainer_class(), bf16=True, gradient_checkpointing=True))
    assert ours == pytest.approx(curve(trainer(SFTTrainer, bf16=True)), rel=0.02)


def test_several_processes_and_trained_output_layers_are_left_to_trl(trainer):
    model = trainer(trainer_class()).model
    assert fits(model, processes=1)
    assert not fits(model, processes=2)
    assert not fits(model.get_base_model(), processes=1)
    model.get_output_embeddings().weight.requires_grad_(True)
    assert not fits(model, processes=1)
