"""The Linux kernel as referee: scenarios as network namespaces, real packets through them, the same question to both."""
