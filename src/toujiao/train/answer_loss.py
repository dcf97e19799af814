"""The loss of the learned tokens alone: the output layer is computed where an answer stands.

On a GPU, TRL's own kernels do that. On a CPU, TRL 1.16 multiplies every position with the whole
vocabulary, three times over and partly in fp32: more work than all layers of Qwen3-0.6B together.
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
                    # softmax minus one at the target
                    scores.exp_().scatter_add_(1, column, -torch.ones_like(column, dtype=torch.float32))
                    slope[part] = scores.to(weight.dtype) @ weight
            ctx.save_for_backward(slope)
            return total

        @staticmethod
        def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
            (slope,) = ctx.saved_tensors
            return slope * gradients[0].to(slope.dtype), None, None

    return AnswerLoss


def answer_loss(
    hidden: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """(summed loss, number of learned tokens) of hidden states (B, T, H) and labels (B, T).

    `weight` (V, H) gets no gradient: it is for adapters on a frozen output layer.
    """
    targets = labels[:, 1:]
    learned = targets != IGNORED
    rows = hidden[:, :-1][learned].to(weight.dtype)
    return _loss_function().apply(rows, weight, targets[learned]), learned.sum()


def fits(model: Any) -> bool:
    """Whether `answer_loss` is the loss of this model (a PEFT model) and it runs on a CPU."""
    head = model.get_output_embeddings()
    plain = model.config.model_type in PLAIN_HEADS and getattr(head, "bias", None) is None
    return plain and head.weight.device.type == "cpu" and not head.weight.requires_grad


@cache
def trainer_class() -> Any:
    """TRL's SFTTrainer with `answer_loss`, where it fits; elsewhere as it is."""
    from peft.helpers import disable_input_dtype_casting
    from trl import SFTTrainer

    class AnswerTrainer(SFTTrainer):
        """Logs no entropy and no token accuracy: they need logits that are not computed."""

        def compute_loss(
            self,
            model: Any,
            inputs: dict[str, Any],
            return_outputs: bool = False,
            num_items_in_batch: Any = None,
        ) -> Any:
            adapted = self.accelerator.unwrap_model(model)
            if return_outputs or not fits(adapted):
                return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
            causal = adapted.get_base_model()
            labels = inputs["labels"]
            rest = {name: value for name, value in inputs.items() if name != "labels"}
            with self.accelerator.autocast():
                hidden = causal.base_model(**rest, use_cache=False).last_hidden_state
            total, count = answer_loss(hidden, causal.get_output_embeddings().weight, labels)
            return total / (count.clamp(min=1) if num_items_in_batch is None else num_items_in_batch)

        def train(self, *arguments: Any, **options: Any) -> Any:
            # Autocast casts what the layers need; PEFT's own casts are a second and a third copy.
            casts = self.accelerator.mixed_precision != "no"
            with disable_input_dtype_casting(self.model, casts):
                return super().train(*arguments, **options)

    return AnswerTrainer
