"""What a ResNet is: spec, graph, arithmetic, layout. Standard library and networkx only."""
