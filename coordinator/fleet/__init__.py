"""Who reads the tenants and analyses their shapes: workers through Redis, or this process."""
