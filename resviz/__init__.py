"""ResViz: build, see, run and take apart any ResNet."""

__version__ = "0.1.0"
