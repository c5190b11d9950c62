"""TaNP of ratings, all users of a batch at once: the context of each user, drawn before the clock starts, in the place of
the support; context and query in one pass through the latent encoder and the decoder."""

import numpy
import torch

from encoded import Batch, dense, perceptron
from workload import Peer, start


class Process(Peer):
    def prepare(self, tasks, dtype):
        batch = Batch(tasks, dtype, of_context=True)
        batch.noise = torch.tensor(numpy.stack([task.noise for task in tasks]), dtype=dtype)
        context, query = batch.support, batch.query
        batch.size = context.lengths + query.lengths
        batch.context = context.mask / context.lengths.unsqueeze(1)
        batch.target = torch.cat([context.mask, query.mask], 1) / batch.size.unsqueeze(1)
        batch.labels = torch.cat([context.labels, query.labels], 1)
        return batch

    def losses(self, parameters, batch):
        named = dict(zip(self.workload.layer_names(), parameters[1:]))
        items, users = batch.embed(parameters[0])
        item, user = side(named, "itemside", items), side(named, "userside", users)
        length = batch.support.shape[1]
        inputs = torch.cat([batch.support.at(item), batch.query.at(item)], 1)
        inputs = torch.cat([inputs, per_row(user, inputs.shape[1])], 2)
        points = torch.cat([inputs, batch.labels.unsqueeze(2)], 2)
        latent = perceptron(named, "latent", points)
        means = torch.cat([mean(latent, batch.target), mean(latent[:, :length], batch.context)])
        centre, log_variance = posterior(named, means)
        (target, prior), (log_target, log_prior) = centre.chunk(2), log_variance.chunk(2)
        divergence = (log_target - log_prior).exp() + (target - prior).square() * (-log_prior).exp()
        divergence = 0.5 * (divergence - 1 - log_target + log_prior).sum()
        z = target + (0.5 * log_target).exp() * batch.noise
        own = mean(perceptron(named, "identity", points[:, :length]), batch.context)
        assignment = assign(own, named["pool"], float(self.workload.settings["tauT"]))
        scores = self.decode(named, torch.cat([inputs, per_row(z, inputs.shape[1])], 2), own + assignment @ named["pool"])
        errors = (scores - batch.labels).square()
        users = len(own)
        objective = ((errors * batch.target).sum() + divergence) / users
        objective = objective + float(self.workload.settings["lambda"]) * clustering(assignment)
        return objective, (errors[:, length:].detach() * batch.query.weights).sum()

    def decode(self, named, x, task):
        modulation = self.workload.settings["modulation"].lower()
        for layer in range(3):
            name = f"decoder.{layer}"
            x = dense(named, name, x)
            if modulation != "none":
                scale, shift = torch.tanh(task @ named[f"{name}.gamma"]), torch.tanh(task @ named[f"{name}.beta"])
                if modulation == "gatingfilm":
                    gate = torch.sigmoid(task @ named[f"{name}.delta"])
                    filler = torch.tanh(task @ named[f"{name}.eta"]) * (1 - gate)
                    scale, shift = torch.addcmul(filler, scale, gate), torch.addcmul(filler, shift, gate)
                x = torch.addcmul(shift.unsqueeze(1), x, scale.unsqueeze(1))
            x = torch.relu(x)
        return dense(named, "output.0", x).squeeze(2)


def side(named, name, x):
    return torch.relu(dense(named, f"{name}.0", torch.relu(x + named[f"{name}.input"])))


def per_row(users, length):
    return users.unsqueeze(1).expand(-1, length, -1)


def mean(rows, weights):
    return torch.bmm(weights.unsqueeze(1), rows).squeeze(1)


def posterior(named, means):
    pooled = torch.relu(dense(named, "latent.pooled.0", means))
    return dense(named, "latent.mean.0", pooled), dense(named, "latent.logVariance.0", pooled)


def assign(tasks, pool, degrees):
    """Student's kernel."""
    squares = (tasks.unsqueeze(1) - pool).square().sum(2)
    kernel = (1 + squares / degrees).pow(-(degrees + 1) / 2)
    return kernel / kernel.sum(1, keepdim=True)


def clustering(assignment):
    constant = assignment.detach()
    sharpened = constant.square() / constant.sum(0, keepdim=True)
    target = sharpened / sharpened.sum(1, keepdim=True)
    return (target * (target.log() - assignment.log())).sum(1).mean()


if __name__ == "__main__":
    start(Process)
