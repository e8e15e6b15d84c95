"""Feature maps: all channels of a layer as a grid, one of them large beside the picture, the kernels behind them."""
