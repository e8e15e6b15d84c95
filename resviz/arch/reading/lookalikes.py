"""What a file of weights looks like that is no ResNet of this family: told by the names of its tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping

from resviz.arch.reading.keys import Shape
from resviz.files import shown

#: What it is -> names that only such a network has, most telling first. They are searched for in all names at once, a
#: line each.
_SIGNS: tuple[tuple[str, str], ...] = (
    ("a LoRA adapter", r"lora_(A|B|up|down|E)\b"),
    ("a quantized network", r"(_packed_params|qweight|qzeros|zero_point)\b"),
    ("CLIP's modified ResNet with attention pooling", r"\battnpool\.positional_embedding"),
    ("a CLIP model", r"(\bvisual\.(conv1|class_embedding|transformer)|\btext_model\.encoder)"),
    (
        "an object detector",
        r"\b(rpn|rpn_head|roi_heads|roi_head|bbox_head|fpn|bbox_embed|bbox_predictor|class_embed)\.",
    ),
    ("a YOLO detector", r"^(model\.)?\d+\.(cv1|m\.0)\.conv\.weight"),
    (
        "a segmentation network",
        r"(classifier\.\d\.(running_mean|convs)|\b(aux_classifier|decode_head|segmentation_head|decoder\.blocks|sem_seg_head|aspp)\b)",
    ),
    ("a U-Net", r"\b(inc\.double_conv|down1|up1|unet|down_blocks\.0|input_blocks\.0)\b"),
    ("a Swin Transformer", r"\brelative_position_bias_table$"),
    ("a Vision Transformer", r"(\b(cls_token|class_token|pos_embed|patch_embeddings?)\b|\bencoder_layer_0\b)"),
    ("a ConvNeXt", r"(stages\.\d\.blocks\.\d+\.(conv_dw|gamma|mlp\.fc1)|\bdwconv\.|\blayer_scale$|\bgamma$)"),
    ("a GPT", r"\b(attn\.c_attn|self_attn\.q_proj|attention\.query_key_value|wte|embed_tokens)\b"),
    ("a BERT", r"\battention\.self\.query\b"),
    ("a Transformer", r"\b(self_attn|multihead_attn|in_proj_weight|qkv|word_embeddings)\b"),
    ("a DenseNet", r"(\bdenseblock\d|\bdenselayer\d|\bdense1\.0\b|\btrans1\b)"),
    ("an Inception network", r"\b(Mixed_\d\w|inception\d\w|Conv2d_1a_3x3)\b"),
    ("an EfficientNet", r"(\b_depthwise_conv\b|blocks\.\d\.\d+\.se\.conv_reduce|features\.\d\.\d+\.block\.\d\.fc1)"),
    ("an MNASNet", r"\blayers\.\d+\.\d\.layers\.\d\."),
    ("a MobileNet", r"(\bconv_dw\b|\bconv_pwl?\b|features\.\d+\.conv\.\d|features\.\d+\.block\.\d|depthwise)"),
    ("a ShuffleNet", r"\bstage\d\.\d+\.branch\d\b"),
    ("a SqueezeNet", r"\b(squeeze|expand3x3)\.weight"),
    ("a RegNet", r"(\btrunk_output\b|^s1\.b1\.conv1)"),
    ("an HRNet", r"\b(fuse_layers|transition1)\b"),
    ("a ResNeSt or an SKNet", r"layer1\.0\.conv2\.(fc1|bn0|radix|paths|attn)\b"),
    ("a Res2Net", r"layer1\.0\.(convs|bns)\.0\b"),
    ("a Cadene SENet", r"\b(layer0\.conv1|se_module)\b"),
    ("a ResNet with CBAM", r"\b(cbam|ChannelGate|SpatialGate|spatial_attention)\b"),
    ("a variational autoencoder or a GAN", r"\b(fc_mu|fc_logvar|quant_conv|discriminator|generator)\b"),
    ("an AlexNet", r"^features\.0\.weight$"),  # see `looks_like`
)
_PATTERNS = tuple((what, re.compile(pattern, re.MULTILINE)) for what, pattern in _SIGNS)
_VGG_KERNEL = 3
_OURS = re.compile(
    r"(conv1(\.\d)?|bn1|bn|maxpool\.\d|fc|layer\d+\.\d+\.(conv\d|bn\d|downsample\.\d|se\.(fc1|fc2|conv)))\.\w+"
)
#: Of a longer name, only the end is looked at: a hostile one may have millions of characters.
_LONGEST = 200


def looks_like(shapes: Mapping[str, Shape]) -> str:
    """A name for what the tensors are of, else how many there are and what the first is called."""
    names = "\n".join(key[-_LONGEST:] for key in shapes)
    for what, pattern in _PATTERNS:
        if pattern.search(names):
            first = shapes.get("features.0.weight", ())
            return "a VGG" if what == "an AlexNet" and first[-1:] == (_VGG_KERNEL,) else what
    if any(len(shape) == 5 for shape in shapes.values()):
        return "a network of 3D convolutions, for video or volumes"
    return _body(shapes) or _plain(shapes)


def _plain(shapes: Mapping[str, Shape]) -> str:
    first = next(iter(shapes), "")
    count = "1 tensor" if len(shapes) == 1 else f"{len(shapes):,} tensors"
    return f"{count}, the first called {shown(first, 60)}"


def _body(shapes: Mapping[str, Shape]) -> str:
    """Something with residual blocks, or with convolutions at all."""
    if any("layer1.0.conv1.weight" in key[-_LONGEST:] for key in shapes):
        return "a relative of ResNet"
    return ""


def first_foreign(names: Mapping[str, str]) -> str | None:
    """The first of a file's names (`names`: theirs -> ours) that no ResNet has; None where all could be one's."""
    return next((key for key, ours in names.items() if not _OURS.fullmatch(ours[:_LONGEST])), None)
