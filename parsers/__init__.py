"""Pure reading: bytes in, records out. Nothing here opens a socket, a database or a user's file."""
