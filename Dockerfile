# The image of the hooks. It is linted by test/manifests/image.test.ts, but was never built on the development machine, which has no
# container engine.
#   docker build -t <registry>/questdb-fleet-hooks:0.1.0 .

# Dependencies that run, without scripts: none of them needs one, and the development dependency `node` is not wanted here.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# TypeScript to JavaScript. tsc is called directly: `npm run` would look for the `node` of the development dependency first.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY cli ./cli
COPY hooks ./hooks
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/dist ./dist
COPY LICENSE ./LICENSE
# All files belong to root and nothing is written: the pod's root file system is read-only.
USER 65532:65532
EXPOSE 8080
CMD ["node", "dist/hooks/main.js"]
