"""The web pages of a coordinator: made on the server, readable without JavaScript, nothing loaded from elsewhere."""
