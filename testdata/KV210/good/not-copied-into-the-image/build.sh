docker build -f api/Dockerfile -t "$REGISTRY/api:$TAG" .
