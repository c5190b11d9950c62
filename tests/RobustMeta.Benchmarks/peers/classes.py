"""LWA and NLBA of ratings, all users of a batch at once: items encoded once, supports pooled in two classes by `bmm`."""

import torch

from encoded import Batch, perceptron
from workload import Peer, start


class Classes(Peer):
    def prepare(self, tasks, dtype):
        batch = Batch(tasks, dtype)
        support = batch.support
        # Level, classes and their sizes are functions of labels alone.
        batch.level = (support.labels * support.mask).sum(1) / support.lengths
        above = (support.labels > batch.level.unsqueeze(1) + 1e-4).to(dtype)
        pooling = torch.stack([support.mask * (1 - above), support.mask * above], 1)
        if self.workload.settings["pooling"] == "mean":
            pooling = pooling / pooling.sum(2, keepdim=True).clamp(min=1)
        batch.pooling = pooling
        return batch

    def loss(self, parameters, batch):
        named = dict(zip(self.workload.layer_names(), parameters[1:]))
        items, _ = batch.embed(parameters[0])
        encoded = perceptron(named, "encoder", items)
        negative, positive = torch.bmm(batch.pooling, batch.support.at(encoded)).unbind(1)
        score = self.linear if self.workload.model == "LWA" else self.hidden
        scores = score(named, encoded, negative, positive, batch.query) + batch.level.unsqueeze(1)
        return ((scores - batch.query.labels).square() * batch.query.weights).sum()

    def linear(self, named, encoded, negative, positive, query):
        """LWA."""
        vector = mix(named["mix.negative"], negative) + mix(named["mix.positive"], positive)
        return torch.bmm(query.at(encoded), vector.unsqueeze(2)).squeeze(2) + named["bias"]

    def hidden(self, named, encoded, negative, positive, query):
        """NLBA."""
        units = torch.relu(query.at(encoded @ named["hidden.weight"]) + self.bias(named, "hidden", negative, positive))
        own = self.bias(named, "output", negative, positive).squeeze(2)
        return torch.matmul(units, named["output.weight"]).squeeze(2) + own

    @staticmethod
    def bias(named, layer, negative, positive):
        of_negative = torch.addmm(named[f"{layer}.bias"], negative, named[f"{layer}.negative"])
        return torch.addmm(of_negative, positive, named[f"{layer}.positive"]).unsqueeze(1)


def mix(factor, rows):
    return rows @ factor if factor.dim() == 2 else rows * factor


if __name__ == "__main__":
    start(Classes)
