"""The loss of the learned tokens alone: the output layer is computed where an answer stands.

On a GPU TRL's own kernels do that. On a CPU TRL 1.16 multiplies every position with the whole
vocabulary, three times over and partly in fp32: for Qwen3-0.6B that is more work than a third of
its layers. Measured: docs/experiments.md.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from toujiao.train.packing import IGNORED

if TYPE_CHECKING:
    import torch

# Positions at a time: 128 rows of 151,936 logits in fp32 are 78 MB.
ROWS = 128
# Architectures whose logits are hidden states times the output matrix, with nothing in between.
PLAIN_HEADS = ("llama", "qwen2", "qwen3")


def answer_loss(
    hidden: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """(summed loss in nats, number of learned tokens) of hidden (B, T, H) and labels (B, T).

    `weight` (V, H) gets no gradient: this is for adapters on a frozen output layer.
    """
    targets = labels[:, 1:]
    learned = targets != IGNORED
    rows = hidden[:, :-1][learned].to(weight.dtype)
    return _loss_function().apply(rows, weight, targets[learned]), learned.sum()


@cache
def _loss_function() -> Any:
    import torch

    class AnswerLoss(torch.autograd.Function):
        """Summed cross-entropy of (N, H) hidden states; the gradient is made on the way forward."""

        @staticmethod
        def forward(
            ctx: Any, hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor
        ) -> torch.Tensor:
            slope = torch.empty_like(hidden)
            total = torch.zeros((), dtype=torch.float32, device=hidden.device)
            for start in range(0, len(hidden), ROWS):
                part = slice(start, start + ROWS)
                column = targets[part].unsqueeze(1)
                scores = torch.log_softmax(hidden[part] @ weight.T, -1, dtype=torch.float32)
                total -= scores.gather(1, column).sum()
                if ctx.needs_input_grad[0]:
                    # The slope of the loss: the probabilities, less one at the target.
                    scores.exp_().scatter_add_(1, column, scores.new_full(column.shape, -1.0))
                    slope[part] = scores.to(weight.dtype) @ weight
            ctx.save_for_backward(slope)
            return total

        @staticmethod
        def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
            (slope,) = ctx.saved_tensors
            return slope * gradients[0].to(slope.dtype), None, None

    return AnswerLoss


def fits(model: Any, processes: int) -> bool:
    """Whether `answer_loss` is the loss of this model, and quicker than TRL's: adapters on a CPU.

    Not with several processes: they share gradients only where the wrapped model was called.
    """
    from peft import PeftModel

    if processes > 1 or not isinstance(model, PeftModel):
        return False
    head = model.get_output_embeddings()
    plain = model.get_base_model().config.model_type in PLAIN_HEADS
    frozen = not head.weight.requires_grad and getattr(head, "bias", None) is None
    return plain and frozen and head.weight.device.type == "cpu"


@cache
def trainer_class() -> Any:
    """TRL's SFTTrainer with `answer_loss` where it fits; elsewhere it is TRL's as it is."""
    from peft.helpers import disable_input_dtype_casting
    from trl import SFTTrainer

    class AnswerTrainer(SFTTrainer):
        """Logs no entropy and no token accuracy: they would need all logits once more."""

        tokens_seen = 0

        def compute_loss(
            self,
            model: Any,
            inputs: dict[str, Any],
            return_outputs: bool = False,
            num_items_in_batch: Any = None,
        ) -> Any:
            adapted = self.accelerator.unwrap_model(model)
            if return_outputs or not fits(adapted, self.accelerator.num_processes):
                return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
            causal, labels = adapted.get_base_model(), inputs["labels"]
            rest = {name: value for name, value in inputs.items() if name != "labels"}
            with self.accelerator.autocast():
                hidden = causal.base_model(**rest, use_cache=False).last_hidden_state
            total, count = answer_loss(hidden, causal.get_output_embeddings().weight, labels)
            if adapted.training:
                self.tokens_seen += int(rest.get("attention_mask", labels != IGNORED).sum())
            return total / max(1, int(count if num_items_in_batch is None else num_items_in_batch))

        def train(self, *arguments: Any, **options: Any) -> Any:
            # Autocast casts what the layers need; PEFT's own casts are a second and a third copy.
            own_casts_off = self.accelerator.mixed_precision != "no"
            with disable_input_dtype_casting(self.model, own_casts_off):
                return super().train(*arguments, **options)

        def log(self, logs: dict[str, float], *rest: Any, **more: Any) -> None:
            if self.tokens_seen and "loss" in logs:
                logs["num_tokens"] = self.tokens_seen
            super().log(logs, *rest, **more)

    return AnswerTrainer
