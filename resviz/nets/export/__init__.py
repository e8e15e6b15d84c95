"""Files for other programs that hold weights: ONNX and safetensors."""
