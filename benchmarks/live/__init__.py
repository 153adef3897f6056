"""The running system, measured: real processes as the Procfile starts them, over HTTP."""
