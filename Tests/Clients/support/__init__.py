"""What the tests share: the running sandbox, the clients, and the watch over every exchange."""
