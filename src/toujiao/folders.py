"""Names of the files by which the stages find each other's work: a data folder, a run folder."""

# A data folder: what `toujiao dataset build` writes, and what `data/` of a run holds.
TRAIN, HELD_OUT, MANIFEST = "train.jsonl", "held_out.jsonl", "manifest.json"
# What `toujiao dataset exercises` writes for the embedded base.
EXERCISES, VOCABULARY = "exercises.jsonl", "vocabulary.txt"
# Of a run: where its rows come from; the base's own answers; votes that are kept aside.
ORIGIN, REPLAY, PROBE = "origin.json", "replay.jsonl", "probe.jsonl"
HELD_OUT_VOTES = "held_out_votes.jsonl"

# A run folder. The record is written last: a run that has one is complete.
RECIPE, DATA, LOG, CHECKPOINTS = "recipe.toml", "data", "log.jsonl", "checkpoints"
START_ADAPTER, ADAPTER, RECORD = "start_adapter", "adapter", "run.json"
EVALUATION, VERIFICATION = "evaluation.json", "verification.json"
