# The program alone, static, with git for `--since`; it runs as nobody's user.
#   docker build --tag ecs-lock-lint .
#   docker run --rm --volume "$PWD:/work:ro" ecs-lock-lint check

FROM rust:1.95-alpine AS build
RUN apk add --no-cache musl-dev=~1
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bin ecs-lock-lint

FROM alpine:3.23
# The work tree belongs to another user than the one in here.
RUN apk add --no-cache git=~2 && git config --system --add safe.directory '*'
COPY --from=build /source/target/release/ecs-lock-lint /usr/local/bin/ecs-lock-lint
COPY LICENSE-APACHE LICENSE-MIT /usr/local/share/doc/ecs-lock-lint/
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/ecs-lock-lint"]
CMD ["check"]
