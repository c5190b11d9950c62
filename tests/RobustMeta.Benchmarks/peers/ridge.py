"""MetaRidge of ratings, all users of a batch at once: items' vectors once, then a Cholesky factor of each user's system."""

import torch

from encoded import Batch, perceptron
from workload import Peer, start


class Ridge(Peer):
    def prepare(self, tasks, dtype):
        return Batch(tasks, dtype)

    def loss(self, parameters, batch):
        named = dict(zip(self.workload.layer_names(), parameters[1:]))
        items, users = batch.embed(parameters[0])
        vectors = perceptron(named, "feature", items)
        q = batch.support.at(vectors) * batch.support.mask.unsqueeze(2)
        user = torch.zeros(len(users), q.shape[2], 1, dtype=q.dtype)
        if "prior.0.weight" in named:
            user = perceptron(named, "prior", users).unsqueeze(2)
        transposed = q.transpose(1, 2)
        penalty = torch.eye(q.shape[2], dtype=q.dtype) * named["ridge.logLambda"].exp()
        factor = torch.linalg.cholesky(torch.baddbmm(penalty, transposed, q))
        # Padding is zero in q, so what stands for it in the residual does not count.
        residual = torch.baddbmm(batch.support.labels.unsqueeze(2), q, user, alpha=-1)
        user = user + torch.cholesky_solve(torch.bmm(transposed, residual), factor)
        scores = torch.bmm(batch.query.at(vectors), user).squeeze(2) * named["ridge.logGain"].exp()
        return ((scores - batch.query.labels).square() * batch.query.weights).sum()


if __name__ == "__main__":
    start(Ridge)
