"""Archives of clips scored by the workers of a cluster, into Parquet files; see docs/scale.md."""
