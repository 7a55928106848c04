"""What clips of the target card show about a lens: how sharp it is, and where its focus ring's marks really focus."""
