"""Reads the folder of a RobustMeta run and rebuilds the predictions of MeLU, MetaRidge and MetaPMF.

Needs numpy alone: the files are safetensors (8 bytes length of the header, a JSON header, raw little-endian numbers).

    run = Run("results/ml-1m-MetaPMF-0123456789ab")
    scores = run.predict([("2858", 5), ("1", 3)], {"gender": "F"}, ["50", "260"])

From the command line, with users as JSON ({"ratings": [[item, value], ...], "features": {}, "items": [...]}, one a line):

    python3 robustmeta_reader.py RUN < users.jsonl
"""

import json
import os
import sys

try:
    import numpy as np
except ImportError:
    sys.exit("error: this needs numpy (Debian: apt-get install python3-numpy; elsewhere: pip install numpy)")

TYPES = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "U8": np.uint8}
NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}


def load(path):
    """The arrays of a safetensors file by name, and its metadata."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        values = np.frombuffer(data[first:end], dtype=TYPES[entry["dtype"]])
        arrays[name] = values.reshape(entry["shape"])
    return arrays, metadata


def save(path, arrays, metadata):
    """Writes arrays back, so that `ColdStartModel.Load` reads them. Keep the metadata of the file that is replaced."""
    header, start = {"__metadata__": metadata}, 0
    for name in sorted(arrays):
        values = np.ascontiguousarray(arrays[name])
        header[name] = {
            "dtype": NAMES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [start, start + values.nbytes],
        }
        start += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in sorted(arrays):
            file.write(np.ascontiguousarray(arrays[name]).tobytes())


def read_spec(path):
    """The settings of a spec file as text by key."""
    settings = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            key, _, value = line.strip().partition(" = ")
            settings[key] = json.loads(value) if value.startswith('"') else value
    return settings


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def texts(arrays, name):
    """A list of texts, stored as bytes and ends."""
    raw, start, found = arrays[name + ".text"].tobytes(), 0, []
    for end in arrays[name + ".ends"]:
        found.append(raw[start:end].decode())
        start = end
    return found


class Run:
    """A trained run: its spec, its parameters, and what it knows of its data."""

    def __init__(self, folder):
        for name in ("spec.toml", "model.safetensors", "serving.safetensors"):
            if not os.path.exists(os.path.join(folder, name)):
                raise ValueError(f"{folder} has no {name}; expected the folder of a finished run")
        self.spec = read_spec(os.path.join(folder, "spec.toml"))
        parameters, metadata = load(os.path.join(folder, "model.safetensors"))
        self.parameters = {name: values.astype(np.float64) for name, values in parameters.items()}
        self.data, self.about = load(os.path.join(folder, "serving.safetensors"))
        if self.about["version"] != "1":
            raise ValueError(f"serving.safetensors has version {self.about['version']}; this reader knows version 1")
        if metadata.get("fingerprint") != self.about["fingerprint"]:
            raise ValueError("model.safetensors and serving.safetensors are of different runs")
        self.model = self.spec["model"]
        self.clicks = self.about["label"] == "Click"
        self.items = texts(self.data, "items")
        self.place = {item: i for i, item in enumerate(self.items)}
        self.item_fields = self._fields("itemFields")
        self.user_fields = self._fields("userFields")
        self.known = {
            name: {text: i for i, text in enumerate(texts(self.data, "user." + name)) if text}
            for kind, _, name in self.user_fields
            if kind in ("token", "bag")
        }

    def predict(self, ratings, features, items):
        """Scores of some items for a user: ratings, or logits of a click."""
        rated = {self.place[item]: value for item, value in ratings if item in self.place}
        support = np.array(list(rated), dtype=int)
        labels = np.array(list(rated.values()), dtype=np.float64)
        if self.clicks:
            labels = (labels >= np.float32(self.about["threshold"])).astype(np.float64)
        unknown = [item for item in items if item not in self.place]
        if unknown:
            raise ValueError(f"the run knows no item {unknown[0]!r}; items are texts, as in its data")
        query = np.array([self.place[item] for item in items], dtype=int)
        models = {"MeLU": self._melu, "MetaRidge": self._ridge, "MetaPMF": self._pmf}
        if self.model not in models:
            raise ValueError(f"{self.model} is not rebuilt here; known: {', '.join(models)}")
        base = self._base(support, labels, query)
        return base[1] + models[self.model](support, labels, query, features or {}, base[0])

    def _fields(self, key):
        lines = [line.split("\t", 2) for line in self.about[key].split("\n") if line]
        return [(kind.split(" ")[0], kind.split(" ")[1:], name) for kind, _, name in lines]

    def _item_bag(self, kind, name, item):
        tokens = self.data[f"item.{name}.tokens"]
        if kind == "token":
            return tokens[item : item + 1]
        starts = self.data[f"item.{name}.starts"]
        return tokens[starts[item] : starts[item + 1]]

    def _user_value(self, kind, scaling, name, features):
        value = features.get(name)
        if kind == "number":
            if value in (None, ""):
                return 0.0
            return float((np.float32(value) - np.float32(scaling[0])) * float(scaling[1]))
        if value in (None, ""):
            return [] if kind == "bag" else [0]
        return [self.known[name].get(part, 0) for part in (value.split("|") if kind == "bag" else [value])]

    def _user_vectors(self, features):
        return [(kind, name, self._user_value(kind, scaling, name, features)) for kind, scaling, name in self.user_fields]

    def _mean(self, table, bag):
        return table[bag].mean(0) if len(bag) else np.zeros(table.shape[1])

    def _item_inputs(self, items):
        """Embedded fields of items side by side."""
        rows = []
        for item in items:
            parts = []
            for kind, _, name in self.item_fields:
                if kind == "number":
                    parts.append([self.data[f"item.{name}.values"][item]])
                else:
                    parts.append(self._mean(self.parameters[f"item.{name}"], self._item_bag(kind, name, item)))
            rows.append(np.concatenate(parts))
        return np.array(rows).reshape(len(items), -1)

    def _user_inputs(self, features, support, labels):
        parts = [
            [value] if kind == "number" else self._mean(self.parameters[f"user.{name}"], value)
            for kind, name, value in self._user_vectors(features)
        ]
        if "exposure.item" in self.parameters:
            parts.append(self._exposure(support, labels))
        return np.concatenate(parts) if parts else np.zeros(0)

    # Which items the support has, whatever the ratings; negatives that were drawn are no exposure.
    def _exposure(self, support, labels):
        met = support[labels != 0] if self.about.get("negatives") == "drawn" else support
        size = max(1, len(met))
        place = np.append(self.parameters["exposure.item"][met].sum(axis=0) / np.sqrt(size), np.log(size / 15))
        return (place - self.parameters["exposure.mean"]) * self.parameters["exposure.scale"]

    # The bias model: item offset plus user offset, both shrunk.
    def _base(self, support, labels, query):
        if self.spec["offset"] == "none":
            return np.zeros(len(support)), np.zeros(len(query))
        counts, sums = self.data["statistics.counts"], self.data["statistics.sums"]
        mean, pseudo = sums.sum() / max(1, counts.sum()), 8 if self.clicks else 5

        def score(items):
            value = (sums[items] + pseudo * mean) / (counts[items] + pseudo)
            if not self.clicks:
                return value
            value = np.clip(value, 1e-4, 1 - 1e-4)
            return np.log(value / (1 - value))

        own, offset = score(support), 0.0
        if not self.clicks:
            offset = (labels - own).sum() / (len(own) + 3)
        else:
            for _ in range(12):
                p = sigmoid(own + offset)
                slope, curvature = (labels - p).sum() - offset, 1 + (p * (1 - p)).sum()
                offset += np.clip(slope / curvature, -1, 1)
        return np.float32(own + offset).astype(float), np.float32(score(query) + offset).astype(float)

    # MeLU: gradient steps of the whole decision network on the mean support loss.
    def _melu(self, support, labels, query, features, base):
        user = self._user_inputs(features, support, labels)
        layers = []
        while f"head.{len(layers)}.weight" in self.parameters:
            at = f"head.{len(layers)}"
            layers.append([self.parameters[at + ".weight"], self.parameters[at + ".bias"]])

        def inputs(items):
            return np.hstack([self._item_inputs(items), np.tile(user, (len(items), 1))])

        x = inputs(support)
        for _ in range(int(self.spec["innerSteps"]) if len(support) else 0):
            layers = self._step(layers, x, labels, base)
        return self._forward(layers, inputs(query))[-1][:, 0]

    def _forward(self, layers, x):
        outputs = [x]
        for i, (weight, bias) in enumerate(layers):
            x = x @ weight + bias
            outputs.append(x)
            if i + 1 < len(layers):
                x = self._activate(x)[0]
        return outputs

    def _activate(self, z):
        kind = self.spec["activation"]
        if kind == "relu":
            return np.maximum(z, 0), (z > 0).astype(float)
        if kind == "leakyRelu":
            return np.where(z > 0, z, 0.1 * z), np.where(z > 0, 1, 0.1)
        if kind == "tanh":
            return np.tanh(z), 1 - np.tanh(z) ** 2
        s = sigmoid(z)
        return z * s, s + z * s * (1 - s)

    def _step(self, layers, x, labels, base):
        z = self._forward(layers, x)
        scores = base + z[-1][:, 0]
        slope = sigmoid(scores) - labels if self.clicks else 2 * (scores - labels)
        delta, rate, moved = (slope / len(labels))[:, None], float(self.spec["localLr"]), []
        for i in reversed(range(len(layers))):
            weight, bias = layers[i]
            below = x if i == 0 else self._activate(z[i])[0]
            moved.insert(0, [weight - rate * below.T @ delta, bias - rate * delta.sum(0)])
            if i > 0:
                delta = delta @ weight.T * self._activate(z[i])[1]
        return moved

    # MetaRidge: Newton steps of a ridge head on learned item features.
    def _ridge(self, support, labels, query, features, base):
        user = self._user_inputs(features, support, labels)
        q, target = self._network("feature", self._item_inputs(support)), self._network("feature", self._item_inputs(query))
        start = np.zeros(target.shape[1])
        if "prior.0.weight" in self.parameters:
            start = self._network("prior", (user if len(user) else np.ones(1))[None])[0]
        penalty = np.exp(self.parameters["ridge.logLambda"][0])
        move = np.zeros(len(start))
        for _ in range(int(self.spec["newtonSteps"]) if self.clicks else 1):
            if not len(support):
                break
            scores = base + q @ (start + move)
            p = sigmoid(scores) if self.clicks else scores
            curvature = p * (1 - p) if self.clicks else np.ones(len(p))
            force = labels - p + curvature * (q @ move)
            move = np.linalg.solve((q.T * curvature) @ q + penalty * np.eye(len(start)), q.T @ force)
        return target @ (start + move) * np.exp(self.parameters["ridge.logGain"][0])

    def _network(self, name, x):
        layers = 0
        while f"{name}.{layers}.weight" in self.parameters:
            layers += 1
        for i in range(layers):
            x = x @ self.parameters[f"{name}.{i}.weight"] + self.parameters[f"{name}.{i}.bias"]
            x = np.maximum(x, 0) if i + 1 < layers else x
        return x

    # MetaPMF: the posterior of a user's vector in closed form (a few steps of it for clicks).
    def _pmf(self, support, labels, query, features, base):
        informed, likelihood = self._factors(self.parameters, support, labels, query, features, base)
        everything = np.ones(len(support), dtype=bool)
        if self.spec["userPrior"] != "safe":
            return informed(everything)
        # Two models, one of which does not look at exposure, weighed by how well each predicts the halves of the support, which
        # take every other item in the order of the items.
        prefix = "plain."
        own = {name[len(prefix) :]: values for name, values in self.parameters.items() if name.startswith(prefix)}
        plain, plain_likelihood = self._factors(own, support, labels, query, features, base)
        evidence, even = self.parameters["exposure.odds"][0], np.argsort(np.argsort(support)) % 2 == 0
        for given in [even, ~even]:
            evidence = evidence + likelihood(given) - plain_likelihood(given)
        weight = sigmoid(evidence)
        return weight * informed(everything) + (1 - weight) * plain(everything)

    # Of one such model: scores of the query by what is folded in, and the log-likelihood of the labels that are not.
    def _factors(self, theta, support, labels, query, features, base):
        width = len(theta["logSpread"])
        w, target = self._sum_items(theta, support, width), self._sum_items(theta, query, width)
        first = np.eye(1, width - 1)[0]
        q, spread = w[:, 1:] + first, np.exp(self._log_spread(theta, support))[:, 1:]
        prior = self._sum_user(theta, features, width - 1)
        if len(support):
            prior = prior + w.mean(0) @ theta["choice"]
        diagonal = np.exp(theta["logPrecision"])
        precision = np.diag(diagonal)
        if "exposure.map" in theta:
            # Negatives that were drawn are no exposure.
            met = support[labels > 0] if self.about.get("negatives") == "drawn" else support
            size = max(1, len(met))
            known = theta["exposure.id"][[self._item_bag("token", "id", i)[0] for i in met]]
            place = np.append(known.sum(0) / np.sqrt(size), np.log(size / 15))
            prior = prior + place @ theta["exposure.map"] + theta["exposure.constant"]
            root = np.sqrt(diagonal)
            precision = precision + root[:, None] * theta["exposure.correlation"] * root
        origin = base + theta["center"][0] + w[:, 0]
        noise = np.exp(theta["logNoise"][0])

        def user(rows):
            return self._posterior(noise, prior, precision, q[rows], spread[rows], origin[rows], labels[rows])

        def score(given):
            return theta["center"][0] + target[:, 0] + (target[:, 1:] + first) @ user(given)

        def likelihood(given):
            scores, asked = origin[~given] + q[~given] @ user(given), labels[~given]
            if self.clicks:
                return np.sum(asked * scores - np.logaddexp(0, scores))
            return -np.sum((asked - scores) ** 2 / noise + np.log(noise)) / 2

        return score, likelihood

    def _posterior(self, noise, prior, precision, q, spread, origin, labels):
        count, h = 1 / noise, prior
        for _ in range(int(self.spec["foldInSteps"]) if self.clicks else 1):
            scores = origin + q @ h
            if self.clicks:
                size = np.sqrt(scores**2 + 1e-6)
                curvature, pull = (sigmoid(size) - 0.5) / size, labels - sigmoid(scores)
            else:
                curvature, pull = np.ones(len(scores)), labels - scores
            certain = count * curvature
            unsure = certain @ spread
            system = (q.T * certain) @ q + np.diag(unsure) + precision
            slope = q.T @ (count * pull) - unsure * h - precision @ (h - prior)
            h = h + np.linalg.solve(system, slope)
        return h

    def _sum_items(self, theta, items, width):
        rows = np.zeros((len(items), width))
        for row, item in zip(rows, items):
            number = 0
            for kind, _, name in self.item_fields:
                if kind == "number":
                    row += self.data[f"item.{name}.values"][item] * theta["item.numbers"][number]
                    number += 1
                else:
                    row += self._mean(theta[f"item.{name}"], self._item_bag(kind, name, item))
        return rows

    def _log_spread(self, theta, items):
        own = np.zeros((len(items), len(theta["logSpread"])))
        if "spread.id" in theta:
            own = theta["spread.id"][[self._item_bag("token", "id", i)[0] for i in items]]
        return own + theta["logSpread"]

    def _sum_user(self, theta, features, width):
        total, number = np.zeros(width), 0
        for kind, name, value in self._user_vectors(features):
            if kind == "number":
                total += value * theta["user.numbers"][number]
                number += 1
            else:
                total += self._mean(theta[f"user.{name}"], value)
        return total


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python3 robustmeta_reader.py RUN < users.jsonl")
    try:
        run = Run(sys.argv[1])
    except ValueError as error:
        sys.exit(f"error: {error}")
    for number, line in enumerate(sys.stdin, 1):
        try:
            user = json.loads(line)
            scores = run.predict(user["ratings"], user.get("features"), user["items"])
        except (ValueError, KeyError, TypeError) as error:
            form = '{"ratings": [["ITEM", 4.5]], "items": ["ITEM"]}'
            sys.exit(f"error: line {number}: {error}; expected a line such as {form}")
        print(json.dumps([float(x) for x in scores]), flush=True)


if __name__ == "__main__":
    main()
