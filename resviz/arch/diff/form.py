"""A diff as one JSON object: `{"a", "b", "same", "fields", "stages", "totals", "conventions"}`.

- `a`, `b`: `{"name", "spec": {...}}`.
- `fields`: `[{"field", "a", "b"}]`, the spec fields that differ; null follows another field.
- `stages`: stem, stages and head, `[{"id", "status", "blocks_a", "blocks_b", "receptive_field_a",
  "receptive_field_b", FIGURES, "blocks"}]`, with `status` one of same, changed, added, removed. The stem and the head
  have null `blocks_a` and `blocks_b`.
- a stage's `blocks` (the stem and the head are one each): `[{"id_a", "id_b", "status", "shortcut_a", "shortcut_b",
  FIGURES, "layers": [{"id_a", "id_b", "status", "changes": [{"what", "a", "b"}]}]}]`. `what` is op, place, kernel,
  stride, dilation, groups, channels ([in, out]), shape ([in, out], each [H, W]) or params.
- `totals`: FIGURES, `peak_bytes` and `receptive_field`.

FIGURES are `params`, `buffers`, `macs`, `activation_bytes` and `weighted_layers`, each, as all of `totals`,
`{"a", "b", "delta", "ratio"}`: B less A, and B over A (null where A is 0). What is not there (a stage's, block's or
layer's other side) is null, its figures 0.
"""

from __future__ import annotations

from typing import Any

from resviz.arch.analysis import CONVENTIONS, Report
from resviz.arch.diff.align import BlockDiff, Change, Costs, Diff, LayerDiff, StageDiff
from resviz.arch.notation import to_json as spec_to_json


def to_json(found: Diff) -> dict[str, Any]:
    """The object described above."""
    totals = found.totals
    return {
        "a": _side_json(found.a),
        "b": _side_json(found.b),
        "same": found.same,
        "fields": [pair._asdict() for pair in found.fields],
        "stages": [_stage_json(stage) for stage in found.stages],
        "totals": {
            **_costs_json(totals.costs),
            "peak_bytes": _change_json(totals.peak_bytes),
            "receptive_field": _change_json(totals.receptive_field),
        },
        "conventions": CONVENTIONS,
    }


def _side_json(side: Report) -> dict[str, object]:
    return {"name": side.name, "spec": spec_to_json(side.spec)}


def _change_json(change: Change) -> dict[str, object]:
    return {**change._asdict(), "delta": change.delta, "ratio": change.ratio}


def _costs_json(costs: Costs) -> dict[str, object]:
    return {name: _change_json(change) for name, change in costs._asdict().items()}


def _stage_json(stage: StageDiff) -> dict[str, object]:
    return {
        "id": stage.id,
        "status": stage.status,
        "blocks_a": stage.count_a,
        "blocks_b": stage.count_b,
        "receptive_field_a": stage.receptive_a,
        "receptive_field_b": stage.receptive_b,
        **_costs_json(stage.costs),
        "blocks": [_block_json(block) for block in stage.blocks],
    }


def _block_json(block: BlockDiff) -> dict[str, object]:
    return {
        "id_a": block.id_a,
        "id_b": block.id_b,
        "status": block.status,
        "shortcut_a": block.shortcut_a,
        "shortcut_b": block.shortcut_b,
        **_costs_json(block.costs),
        "layers": [_layer_json(pair) for pair in block.layers],
    }


def _layer_json(pair: LayerDiff) -> dict[str, object]:
    return {
        "id_a": pair.a.id if pair.a else None,
        "id_b": pair.b.id if pair.b else None,
        "status": pair.status,
        "changes": [change._asdict() for change in pair.changes],
    }
