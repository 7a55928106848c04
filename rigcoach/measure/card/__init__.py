"""The target card in a picture: found, laid over, and measured edge by edge."""
