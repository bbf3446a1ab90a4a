frontend_url = "https://shop.example.com/welcome-2024"
settings = {
  CONFIRM_TOKEN_TIMEOUT = "90 seconds"
  API_KEY_HEADER        = "X-Functions-Key-V2"
}
