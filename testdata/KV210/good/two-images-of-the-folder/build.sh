docker build -f api/Dockerfile -t "$REGISTRY/api:$TAG" .
docker build -f worker/Dockerfile -t "$REGISTRY/worker:$TAG" .
