"""What the tests share: the running sandbox, the clients, and the checks of every exchange."""
