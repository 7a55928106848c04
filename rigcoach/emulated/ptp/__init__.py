"""PTP and PTP/IP as a camera speaks them: operations, datasets, packets, and the one file with sockets."""
