"""Reading: R and Python texts to one sort of tree, with places and without recursion."""
