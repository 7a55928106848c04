"""Bodies that are set by ISO 15740's device properties, as all makers' but Canon's are."""
