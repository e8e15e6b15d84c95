"""What crosses the wall: frozen requests and replies made of numbers, text and numpy arrays. No torch, no Qt.

Every request has an `id` that its replies echo. A request is answered exactly once, by one of `Final`; any number of
`Progress` may come before, and of the parts of an answer (`BatchPart`, `Fetching`). A request that a newer one
replaced, or that was cancelled, is answered by `Failed` with the code `CANCELLED`, which a window shows nobody.
"""

from __future__ import annotations

from resviz.engine.parts import (
    CANCELLED as CANCELLED,
)
from resviz.engine.parts import (
    CRASHED as CRASHED,
)
from resviz.engine.parts import (
    INTERNAL as INTERNAL,
)
from resviz.engine.parts import (
    NO_START as NO_START,
)
from resviz.engine.parts import (
    Answer as Answer,
)
from resviz.engine.parts import (
    Attribution as Attribution,
)
from resviz.engine.parts import (
    BatchRow as BatchRow,
)
from resviz.engine.parts import (
    Beside as Beside,
)
from resviz.engine.parts import (
    Choices as Choices,
)
from resviz.engine.parts import (
    DeviceInfo as DeviceInfo,
)
from resviz.engine.parts import (
    FeatureMaps as FeatureMaps,
)
from resviz.engine.parts import (
    Floats as Floats,
)
from resviz.engine.parts import (
    ImageSource as ImageSource,
)
from resviz.engine.parts import (
    LesionRow as LesionRow,
)
from resviz.engine.parts import (
    PathLength as PathLength,
)
from resviz.engine.parts import (
    Pixels as Pixels,
)
from resviz.engine.parts import (
    RaceRow as RaceRow,
)
from resviz.engine.parts import (
    Score as Score,
)
from resviz.engine.parts import (
    Steps as Steps,
)
from resviz.engine.parts import (
    Strength as Strength,
)
from resviz.engine.parts import (
    WeightsInfo as WeightsInfo,
)
from resviz.engine.replies import (
    Batched as Batched,
)
from resviz.engine.replies import (
    BatchPart as BatchPart,
)
from resviz.engine.replies import (
    Died as Died,
)
from resviz.engine.replies import (
    Dissected as Dissected,
)
from resviz.engine.replies import (
    Explained as Explained,
)
from resviz.engine.replies import (
    Exported as Exported,
)
from resviz.engine.replies import (
    Failed as Failed,
)
from resviz.engine.replies import (
    Fetched as Fetched,
)
from resviz.engine.replies import (
    Fetching as Fetching,
)
from resviz.engine.replies import (
    FieldFound as FieldFound,
)
from resviz.engine.replies import (
    Final as Final,
)
from resviz.engine.replies import (
    Found as Found,
)
from resviz.engine.replies import (
    KernelsFound as KernelsFound,
)
from resviz.engine.replies import (
    Listed as Listed,
)
from resviz.engine.replies import (
    ModelReady as ModelReady,
)
from resviz.engine.replies import (
    Prediction as Prediction,
)
from resviz.engine.replies import (
    Profiled as Profiled,
)
from resviz.engine.replies import (
    Progress as Progress,
)
from resviz.engine.replies import (
    Raced as Raced,
)
from resviz.engine.replies import (
    Ready as Ready,
)
from resviz.engine.replies import (
    Reply as Reply,
)
from resviz.engine.replies import (
    Restarted as Restarted,
)
from resviz.engine.replies import (
    SweepPart as SweepPart,
)
from resviz.engine.replies import (
    Swept as Swept,
)
from resviz.engine.replies import (
    Unravelled as Unravelled,
)
from resviz.engine.requests import (
    Batch as Batch,
)
from resviz.engine.requests import (
    Cancel as Cancel,
)
from resviz.engine.requests import (
    Deep as Deep,
)
from resviz.engine.requests import (
    Dissect as Dissect,
)
from resviz.engine.requests import (
    Explain as Explain,
)
from resviz.engine.requests import (
    Export as Export,
)
from resviz.engine.requests import (
    Fetch as Fetch,
)
from resviz.engine.requests import (
    FieldOf as FieldOf,
)
from resviz.engine.requests import (
    Job as Job,
)
from resviz.engine.requests import (
    Kernels as Kernels,
)
from resviz.engine.requests import (
    ListWeights as ListWeights,
)
from resviz.engine.requests import (
    Predict as Predict,
)
from resviz.engine.requests import (
    Profile as Profile,
)
from resviz.engine.requests import (
    Race as Race,
)
from resviz.engine.requests import (
    Request as Request,
)
from resviz.engine.requests import (
    Shutdown as Shutdown,
)
from resviz.engine.requests import (
    Sweep as Sweep,
)
from resviz.engine.requests import (
    Unravel as Unravel,
)
from resviz.engine.requests import (
    Warm as Warm,
)
