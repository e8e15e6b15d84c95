"""Errors a user can cause: a code, its values, and one English sentence for each.

The command line prints the sentence; `gui/feedback.py` shows it translated. Nothing else makes up texts for errors.
"""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # spec
    "field_word": "{field} must be {known}, not {value!r}",
    "field_share": "{field} must be at least 0 and below 1, not {value!r}",
    "field_flag": "{field} must be true or false, not {value!r}",
    "field_needs": "{field}={value} needs {needs}",
    "output_stride_range": "output_stride must be {known} in this network, not {value}",
    "channels_most": "a layer would have {value:,} channels, more than {high:,}",
    "group_width_small": "group_width={group_width} leaves a group of a block with {planes} planes without a channel",
    "reduce_first_uneven": "reduce_first={value} does not divide {channels} channels evenly into {groups} group(s)",
    "norm_groups_uneven": "{channels} channels cannot be divided evenly into norm_groups={value}",
    "shortcut_count": "shortcut is one word, or one for each of the {stages} stages, not {value}",
    "edit_last_block": "{stage} has only one block; remove the stage instead",
    "edit_last_stage": "a ResNet has at least one stage",
    "stages_range": "a ResNet has 1 to {high} stages, not {value}",
    "blocks_range": "a stage has 1 to {high} blocks, not {value}",
    "field_range": "{field} must be a whole number from {low} to {high}, not {value}",
    "field_type": "{field} must be a whole number, not {value!r}",
    "notation_empty": "the spec is empty; write a preset such as resnet18, or basic:2,2,2,2",
    "notation_unknown": "{text!r} is no preset, no file and no notation such as basic:2,2,2,2,width=64{hint}",
    "notation_key": "{key!r} is no spec field; the fields are {known}",
    "notation_twice": "the spec field {key!r} is given twice",
    "notation_number": "{text!r} in the spec is not a number as is wanted there",
    "spec_json": "{path} is not a ResViz spec file: {reason}",
    "spec_version": "{path} was written by a newer ResViz (spec version {version}; this program reads up to {known})",
    "spec_no_file": "there is no file {name}",
    "spec_folder": "{name} is a folder, not a spec file",
    "spec_irregular": "{name} is a pipe or a device, not a spec file",
    "spec_unreadable": "{name} cannot be read: {reason}",
    "spec_empty": "{name} is empty (0 bytes)",
    "spec_write": "{path} cannot be written: {reason}",
    # command line and window
    "system_refused": "reading or writing failed: {reason}",
    "qt_libraries": "Qt needs {libraries}, which this system lacks; on Debian: apt install {packages}",
    "samples_missing": "there are no sample pictures in this installation; name a picture with --image FILE",
    "snapshot_suffix": "{path} must end in .png",
    "snapshot_late": "the engine did not answer within {seconds} seconds; nothing was painted",
    "engine_said": "{message}",
    "snapshot_write": "{path} cannot be written: {reason}",
    "maps_suffix": "{name} must end in .png or .npz",
    "features_numbers": "--sort and --range say how a PNG is painted; an .npz holds all channels in their own order",
    "explain_picture": "--plain is about a PNG; an .npz holds numbers alone",
    "no_prediction": "{name}: {reason}",
    "explain_layer": "--layer goes with gradcam; {method} is about the picture itself",
    "lesion_blocks": "--blocks is all, layers, or ids such as layer2.0,layer3.1; {text!r} is none of these",
    "lesion_no_pictures": "none of the pictures in {name} can be read",
    "assume_value": "{field} cannot be {value!r} for these weights; it can be {known}",
    "block_unknown": "{spec} has no block {block!r}; its blocks are called {near} and so on",
    "block_plain": "{block} of {spec} has no shortcut: it is a plain block",
    "layer_not_plain": "{layer} of {spec} cannot be taken out by itself: only a convolution of a plain block can",
    "plain_none": "{spec} has no plain blocks: of a residual block only the branch can be switched off",
    "channel_range": "{layer} has channels 0 to {last}, not {channel}",
    "class_range": "there are classes 0 to {last}, not {index}",
    "class_unknown": "there is no class {name!r}; {hint}",
    "layer_no_conv": "{layer} is no convolution, so it has no kernels",
    "layer_flat": "{layer} has no height and width, so there is nothing to lay over the picture",
    "field_numbers": "{layer}: its gradient is beyond what fp32 can hold, so nothing can be said of what it sees",
    "place_outside": "{layer} has {height}×{width} places; row {row}, column {column} is none of them",
    "paths_plain": "a plain network has one path: there is no shortcut to go by",
    "layer_unknown": "{spec} has no layer {layer!r}{hint}",
    # training
    "data_missing": "there is no file or folder {path}",
    "data_kind": "{path} is neither a folder nor a tar or zip archive",
    "data_no_pictures": "{path} holds no pictures in folders named after classes (train/CLASS/*.jpg or CLASS/*.jpg)",
    "data_all_broken": "none of the {count} pictures in {path} can be read",
    "data_member_unsafe": "{path} holds {member!r}, a name that points outside of it; it is not used",
    "data_classes": "{path} holds {found} classes, the spec has {classes}; write classes={found} in the spec",
    "data_class_strange": "{path} has pictures of {label!r} outside train/ but none in it",
    "data_class_small": "class {number} has a single picture; at least 2 are needed, one of them to be held out",
    "data_memory": "the pictures in {path} need about {need} of memory, {free} are free; make size smaller in the spec",
    "train_output": "{path} cannot be written: {reason}",
    "train_suffix": "weights are written as .safetensors; {path} has another ending",
    "train_diverged": "training came apart in epoch {epoch}: the loss is no number; try a rate below {rate}",
    "train_option": "{option} must be {what}, not {value}",
    "resume_other": "the interrupted run beside the output differs in {differs}; --restart begins anew",
    "resume_damaged": "the interrupted run beside the output cannot be read; --restart begins anew",
    # names of classes
    "labels_no_file": "there is no file {name}",
    "labels_folder": "{name} is a folder, not a file of class names",
    "labels_irregular": "{name} is a pipe or a device, not a file of class names",
    "labels_unreadable": "{name} cannot be read: {reason}",
    "labels_empty": "{name} is empty (0 bytes)",
    "labels_large": "{name} is larger than {most} MB, which no list of class names is",
    "labels_text": "{name} is no text in UTF-8; class names stand one a line, in JSON or in CSV",
    "labels_form": "{name} is no list of class names; in JSON that is a list or an object {{index: name}}",
    "labels_twice": "{name} names a class twice, or without a number",
    "labels_count": "{name} has {found:,} class names, the network has {classes:,} classes",
    "labels_missing": "{name} has no name for class {index}; classes count from 0 to {last}",
    # files of any other kind
    "file_no_file": "there is no file {name}",
    "file_folder": "{name} is a folder, not a file",
    "file_irregular": "{name} is a pipe or a device, not a file",
    "file_unreadable": "{name} cannot be read: {reason}",
    "file_empty": "{name} is empty (0 bytes)",
    # pictures
    "image_no_file": "there is no file {name}",
    "image_folder": "{name} is a folder, not a picture",
    "image_irregular": "{name} is a pipe or a device, not a picture",
    "image_unreadable": "{name} cannot be read: {reason}",
    "image_empty": "{name} is empty (0 bytes)",
    "image_unknown": "{name} is not a picture this program can read (JPEG, PNG, WebP, GIF, BMP, TIFF and the like are)",
    "image_damaged": "{name} is cut off or damaged and cannot be shown: {reason}",
    "image_metadata": "{name} has metadata (text or a colour profile) that is too large; save it without metadata",
    "image_bomb": "{name} has {width}×{height} pixels, above the safe limit of {limit} million; shrink it first",
    "image_slow_form": "{name} ({form}, {width}×{height} pixels) decodes slowly; above {limit:g} million pixels "
    "save it as PNG or JPEG",
    "image_slow": "{name} is not decoded within {seconds:g} seconds; make it smaller, or save it as PNG or JPEG",
    "image_memory": "{name} ({width}×{height} pixels) does not fit into the free memory; shrink it first",
    "image_pixels": "the pixels must be bytes of shape (height, width, 4), not {shape}",
    "image_none": "{name} holds no pictures",
    "images_no_labels": "{name} holds no pictures in folders that are called like the network's classes",
    "image_nothing": "there is no picture: no path, no data and no pixels were given",
    # camera and screen
    "camera_none": "there is no camera; connect one and try again",
    "camera_gone": "the camera {name} is no longer there; connect it again, or choose another",
    "camera_failed": "the camera {name} cannot be used: {reason}",
    "camera_refused": "the system does not let this program use the camera; allow it in the system's settings",
    "camera_silent": "the camera {name} gives no picture; another program may be using it",
    "camera_library": "the camera needs a library that this system lacks: {reason}",
    "screen_refused": "this system lets no program see the screen; take a picture with its own tool and paste it",
    "image_web_address": "{url} is no address of a picture; http, https and data addresses are",
    "image_web_data": "the data address is broken and holds no picture: {reason}",
    "image_web_offline": "{host} cannot be reached ({reason}); save the picture elsewhere and open the file",
    "image_web_proxy": "{host} cannot be reached through the proxy {proxy} ({reason})",
    "image_web_http": "{url} answers {status} {reason}",
    "image_web_redirect": "{host} points on to {url}, which is no safe web address; it is not followed",
    "image_web_page": "{host} answers with a web page, not a picture; save the picture and open the file",
    "image_web_large": "what {host} sends is larger than {limit}; save the picture and shrink it first",
    "image_web_late": "{host} did not send the whole picture within {seconds:.0f} seconds; try again",
    "image_web_short": "{host} broke off after {got:,} of {want:,} bytes; try again",
    "image_web_empty": "{host} sent nothing (0 bytes)",
    # how a picture is made ready
    "prepare_word": "{field} must be {known}, not {value!r}",
    "prepare_resize": "the short side must be resized to a whole number from 1 to {high:,}, not {value}",
    "prepare_box": "the box that is looked at must be four numbers: left, top, right and bottom, 0 to 1",
    "prepare_mean": "a mean must be a number of at most a million, not {value}",
    "prepare_std": "a standard deviation must be above 0 and at most a million, not {value}",
    # weights
    "checkpoint_no_file": "there is no file {name}",
    "checkpoint_folder": "{name} is a folder, not a file of weights",
    "checkpoint_irregular": "{name} is a pipe or a device, not a file of weights",
    "checkpoint_unreadable": "{name} cannot be read: {reason}",
    "checkpoint_empty": "{name} is empty (0 bytes)",
    "weights_unknown": "{name!r} is neither weights by name (see resviz weights list) nor a file{hint}",
    "weights_remote": "the weights {name} are not on this disk; resviz weights fetch {name} gets them",
    "weights_here": "{name!r} is no name of weights that can be fetched; those are {known}",
    "checkpoint_format": "{name} is no checkpoint: .safetensors, .pth, .pt, .th, .pth.tar, .ckpt and .bin are read",
    "checkpoint_damaged": "{name} is cut off, damaged or not what its ending says: {reason}",
    "checkpoint_unsafe": "{name} holds more than tensors (Python objects or packed data) and is not opened: {reason}",
    "checkpoint_memory": "{name} ({size}) does not fit into the free memory ({free})",
    "checkpoint_no_state": "{name} holds no weights: neither bare nor in state_dict or model is a table of tensors",
    "checkpoint_missing": "{name} does not fit {spec}: it has no {key}{hint}",
    "checkpoint_extra": "{name} does not fit {spec}: it has {key}, which the network has not{hint}",
    "checkpoint_shape": "{name} does not fit {spec}: {key} is {found}, the network needs {wanted}{hint}",
    "checkpoint_nan": "{name} holds NaN or infinity in {key}; it is not loaded",
    "checkpoint_variance": "{name} holds a negative variance in {key}; it is not loaded",
    "checkpoint_tensor": "{name} holds {key} in a form that is not read; plain dense tensors of real numbers are",
    "checkpoint_foreign": "{name} is no ResNet of this family, it looks like {looks}; first misfit: {key} ({found})",
    "checkpoint_lacks": "{name} is no ResNet of this family, it looks like {looks}; first misfit: there is no {key}",
    "checkpoint_other": "{name} is no ResNet of this family, it looks like {looks}; "
    "first misfit: {key} is {found}, not {wanted}",
    "checkpoint_headless": "{name} is the body of a ResNet ({spec}) without a head (fc, linear, classifier or head): "
    "it cannot classify",
    "checkpoint_many": "{name} holds {count:,} tensors, more than the {most:,} of the largest ResNet that is read",
    "checkpoint_module": "{name} is a whole model with its program, not its weights alone, and is not opened. "
    "Where it was made, save torch.save(model.state_dict(), ...) instead",
    "checkpoint_dtype": "{name} holds {key} as {dtype}; weights must be floating-point numbers",
    "checkpoint_optimizer": "{name} holds the state of an optimizer, no network",
    "fetch_offline": "{host} cannot be reached ({reason}); what is on this disk works without it",
    "fetch_http": "{url} answers {status} {reason}; try again later",
    "fetch_short": "the download of {name} broke off after {got:,} of {want:,} bytes; the next try goes on from there",
    "fetch_stalled": "{host} sent nothing for {seconds:.0f} seconds; the next try goes on from what came",
    "fetch_proxy": "{host} cannot be reached through the proxy {proxy} ({reason}); what is on this disk still works",
    "fetch_page": "{host} answers with a web page in place of {name}; is there a log-in page in between?",
    "fetch_long": "what {host} sends is larger than {name} ({want:,} bytes) and not the file; nothing was kept",
    "fetch_full": "{folder} has no room for {name}: {need} more are needed, {free} are free",
    "fetch_redirect": "{host} points on to {url}, which is no safe web address; it is not followed",
    "fetch_hash": "what came for {name} is not the file (SHA-256 {got}, not {want}); nothing was kept",
    "fetch_write": "{name} cannot be written: {reason}",
    # devices
    "device_unknown": "{name!r} is no device; auto, cpu, cuda, cuda:N and mps are",
    "device_missing": "the device {name} is not available: {reason}",
    "device_memory": "{device} has not enough memory for {spec}; choose a smaller network or another device",
    "device_failed": "{device} failed: {reason}",
    "device_precision": "{device} cannot compute in {precision} ({reason}); choose another precision or device",
    "model_memory": "{spec} needs about {need} of memory, {free} are free; make it or its input smaller",
    # commands
    "top_low": "--top must be 1 or more, not {value}",
    "output_suffix": "{name} must end in .png",
    "render_suffix": "{name} must end in .svg, .png or .pdf",
    "render_part": "{spec} has no stage or block {part!r}{hint}",
    "render_level": "{part} cannot be drawn at {level!r}; it can at {known}",
    "render_fold_part": "--fold-part takes ID=LEVEL, such as layer3=block, not {text!r}",
    "render_log": "--log and --linear say how --color-by is scaled; name one of its metrics first",
    "render_paper_direction": "--paper lays the drawing out itself; --direction does not go with it",
    "spec_suffix": "{name} must end in .json, or it would not open as a spec again",
    "render_scale": "scale must be above 0 and at most {most} for this PNG, not {scale}; SVG and PDF have no limit",
    "render_scale_png": "scale is for PNG; SVG and PDF are vector drawings and have none",
    "output_write": "{name} cannot be written: {reason}",
    "profile_runs": "runs must be from 1 to {most}, not {runs}",
    "export_suffix": "{name} must end in {known}",
    "export_weights": "--weights goes with a model's weights (.onnx, .safetensors), not with {suffix}",
    "onnx_missing": "writing ONNX needs the onnx package: pip install 'resviz[onnx]'",
    "onnx_size": "{spec} takes {size}; one ONNX file holds at most 2 GB",
}

#: Codes of files that can be read but hold no ResNet of this family.
NO_RESNET = ("checkpoint_foreign", "checkpoint_lacks", "checkpoint_other", "checkpoint_headless", "checkpoint_many")


class ResVizError(Exception):
    """An error with a `code` from `SENTENCES` and the `values` its sentence names."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(SENTENCES[code].format(**values))

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle by their args, which here are keywords; the engine sends them across a pipe.
        return (_rebuild, (type(self), self.code, self.values))


def _rebuild(kind: type[ResVizError], code: str, values: dict[str, object]) -> ResVizError:
    return kind(code, **values)


class SpecError(ResVizError):
    """A spec, its notation or its file is wrong."""


class ImageError(ResVizError):
    """A picture cannot be read."""


class PrepareError(ResVizError):
    """How a picture is to be made ready for a network makes no sense."""


class CheckpointError(ResVizError):
    """Weights cannot be read, or do not fit the spec."""


class DeviceError(ResVizError):
    """A device is unknown or not there."""


class DataError(ResVizError):
    """Training data cannot be used."""


class LabelsError(ResVizError):
    """A file of class names cannot be used."""


class UsageError(ResVizError):
    """A command was given something it cannot do."""
