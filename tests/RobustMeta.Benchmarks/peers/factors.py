"""MetaPMF of ratings with plain priors, all users of a batch at once. The items' vectors are kept, so that what a support says of them
(second moments, pulls, doubts) is computed without a graph; gradients go through each user's small system."""

import numpy
import torch
from torch.nn import functional as F

from encoded import Batch
from workload import Peer, start


class Factors(Peer):
    """Parameters: the users' tables below one another, then all that is no table of items or users, by name."""

    def __init__(self, workload):
        super().__init__(workload)
        kept = workload.item_tables + ["spread.id"]
        self.items = numpy.concatenate([workload.initial[name] for name in workload.item_tables])
        self.names = [name for name in workload.layer_names() if name not in kept]
        # Users' rows count from the first table of items.
        self.first = len(self.items)
        self.identity = workload.item_tables.index("item.id")

    def parameters(self, dtype):
        initial = self.workload.initial
        users = numpy.concatenate([initial[name] for name in self.workload.user_tables])
        leaves = [users] + [initial[name] for name in self.names]
        return [torch.tensor(values, dtype=dtype).requires_grad_() for values in leaves]

    def named_gradients(self, parameters):
        kind = parameters[0].grad.numpy().dtype
        named = {name: numpy.zeros(values.shape, kind) for name, values in self.workload.initial.items()}
        bounds = self.workload.starts[len(self.workload.item_tables) :] - self.first
        for name, begin, end in zip(self.workload.user_tables, bounds, bounds[1:]):
            named[name] = parameters[0].grad[begin:end].numpy()
        named.update({name: p.grad.numpy() for name, p in zip(self.names, parameters[1:])})
        return named

    def prepare(self, tasks, dtype):
        batch = Batch(tasks, dtype)
        rows, users = batch.rows.split([torch.Size(shape).numel() for shape in (batch.item_shape, batch.user_shape)])
        batch.item_rows, batch.user_rows = rows.view(batch.item_shape), users.view(batch.user_shape) - self.first
        batch.own_rows = batch.item_rows[:, self.identity] - int(self.workload.starts[self.identity])
        batch.item_table = torch.tensor(self.items, dtype=dtype)
        batch.spread_table = torch.tensor(self.workload.initial["spread.id"], dtype=dtype)
        return batch

    def loss(self, parameters, batch):
        named = dict(zip(self.names, parameters[1:]))
        kept = Kept(batch)
        noise, spread = named["logNoise"].exp(), named["logSpread"].exp()[1:]
        prior = F.embedding_bag(batch.user_rows, parameters[0], mode="sum")
        prior = torch.addmm(prior, kept.mean, named["choice"])
        doubt = kept.doubts * spread / noise
        system = torch.diag_embed(doubt + named["logPrecision"].exp()) + kept.moments / noise
        slope = kept.pulls - kept.sums * named["center"] - torch.bmm(kept.moments, prior.unsqueeze(2)).squeeze(2)
        slope = slope / noise - doubt * prior
        factor = torch.linalg.cholesky(system)
        user = prior.unsqueeze(2) + torch.cholesky_solve(slope.unsqueeze(2), factor)
        scores = torch.bmm(kept.query, user).squeeze(2) + kept.query_means + named["center"]
        return ((scores - batch.query.labels).square() * batch.query.weights).sum()


class Kept:
    """What does not depend on what is learned."""

    @torch.no_grad()
    def __init__(self, batch):
        vectors = F.embedding_bag(batch.item_rows, batch.item_table, mode="sum")
        width = vectors.shape[1]
        spreads = F.embedding(batch.own_rows, batch.spread_table).exp()
        support = batch.support.at(torch.cat([vectors, spreads[:, 1:]], 1)) * batch.support.mask.unsqueeze(2)
        totals = support.sum(1)
        self.mean = totals[:, :width] / batch.support.lengths.unsqueeze(1)
        self.doubts = totals[:, width:]
        # The slope of the level counts from one.
        q = support[:, :, 1:width].clone()
        q[:, :, 0] += batch.support.mask
        left = batch.support.labels - support[:, :, 0]
        self.moments = torch.bmm(q.transpose(1, 2), q)
        self.sums, self.pulls = q.sum(1), torch.bmm(left.unsqueeze(1), q).squeeze(1)
        query = batch.query.at(vectors)
        self.query_means = query[:, :, 0]
        self.query = query[:, :, 1:].clone()
        self.query[:, :, 0] += 1


if __name__ == "__main__":
    start(Factors)
