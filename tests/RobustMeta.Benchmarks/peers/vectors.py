"""MetaEmb and MWUF of ratings after pretraining, all users of a batch at once. The base network is kept: what items and users
bring to its hidden layer is computed once each and without a graph."""

import torch

from encoded import Batch, perceptron
from workload import Peer, start


class Vectors(Peer):
    def prepare(self, tasks, dtype):
        batch = Batch(tasks, dtype)
        batch.identities = torch.tensor([task.identity for task in tasks])
        # Of a mean over each user's support; the queries' weights are those of a mean over users too.
        batch.fractions = batch.support.mask / batch.support.lengths.unsqueeze(1)
        return batch

    def losses(self, parameters, batch):
        named = dict(zip(self.workload.layer_names(), parameters[1:]))
        with torch.no_grad():
            items, users = batch.embed(parameters[0])
            base = Base(named, items, users)
        own = self.stepped if self.workload.model == "MetaEmb" else self.warmed
        return own(named, batch, base, items, users)

    def stepped(self, named, batch, base, items, users):
        """MetaEmb."""
        alpha = float(self.workload.settings["alpha"])
        generated = perceptron(named, "generator", users)
        before = support_losses(base, generated, batch)
        (slope,) = torch.autograd.grad(before.sum(), generated, create_graph=True)
        after = query_loss(base, torch.sub(generated, slope, alpha=self.workload.rate), batch)
        return alpha * before.mean() + (1 - alpha) * after, after.detach()

    def warmed(self, named, batch, base, items, users):
        """MWUF."""
        with torch.no_grad():
            mean = named["user.vector"][1:].mean(0)
            item = torch.bmm(batch.fractions.unsqueeze(1), batch.support.at(items)).squeeze(1)
        cold = mean + named["cold.move"].index_select(0, batch.identities)
        warm = torch.addcmul(cold.detach(), cold.detach(), perceptron(named, "scale", users))
        warm = warm + perceptron(named, "shift", item)
        of_warm = query_loss(base, warm, batch)
        objective = of_warm + query_loss(base, cold, batch)
        objective = objective + (support_losses(base, warm, batch) + support_losses(base, cold, batch)).mean()
        return objective, of_warm.detach()


class Base:
    """The kept base network: what stands for each item and user in its hidden layer, and the weights that meet vectors."""

    def __init__(self, named, items, users):
        weight = named["base.0.weight"].detach()
        vectors = len(weight) - items.shape[1] - users.shape[1]
        self.vector, of_item, of_user = weight.split([vectors, items.shape[1], users.shape[1]])
        self.items = items @ of_item
        self.users = torch.addmm(named["base.0.bias"].detach(), users, of_user)
        self.output, self.bias = named["base.1.weight"].detach(), named["base.1.bias"].detach()

    def scores(self, vectors, side):
        """Scores [B, L] under a vector of each user."""
        own = torch.addmm(self.users, vectors, self.vector).unsqueeze(1)
        return torch.matmul(torch.relu(side.at(self.items) + own), self.output).squeeze(2) + self.bias


def support_losses(base, vectors, batch):
    """Mean support loss of each user."""
    return ((base.scores(vectors, batch.support) - batch.support.labels).square() * batch.fractions).sum(1)


def query_loss(base, vectors, batch):
    return ((base.scores(vectors, batch.query) - batch.query.labels).square() * batch.query.weights).sum()


if __name__ == "__main__":
    start(Vectors)
