"""A recommender of one's own on the tasks that `tasks export` writes: an example to start from, in PyTorch or numpy alone.

    python3 own_model.py TASKS SCORES [torch|numpy]

TASKS is the folder with manifest.json; SCORES receives user,testset,item,score for `evaluate`. With numpy an item scores its mean
label plus what the user's support says of the user. With PyTorch items get vectors, a user's vector is made from the support in one
step, and both are learned through that step.
"""

import csv
import json
import os
import sys

try:
    import numpy as np
except ImportError:
    sys.exit("error: this needs numpy (Debian: apt-get install python3-numpy; elsewhere: pip install numpy)")


def read(folder, name):
    """The tasks of a file: user -> (support, query), each a list of (item, label); a label that is not told is None."""
    tasks = {}
    with open(os.path.join(folder, name + ".csv"), newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            pair = (row["item"], float(row["label"]) if row["label"] else None)
            tasks.setdefault(row["user"], ([], []))[row["role"] == "query"].append(pair)
    return tasks


def item_means(tasks):
    """Mean label over all, and of each item, shrunk towards it."""
    sums = {}
    for parts in tasks.values():
        for item, label in parts[0] + parts[1]:
            count, total = sums.get(item, (0, 0.0))
            sums[item] = (count + 1, total + label)
    mean = sum(total for _, total in sums.values()) / sum(count for count, _ in sums.values())
    return mean, {item: (total + 5 * mean) / (count + 5) for item, (count, total) in sums.items()}


def by_numpy(train, items):
    mean, means = item_means(train)

    def scores(support, query):
        offset = sum(label - means.get(item, mean) for item, label in support) / (len(support) + 3)
        return np.array([means.get(item, mean) for item in query]) + offset

    return scores


def by_torch(train, items, steps=200, width=8):
    try:
        import torch
    except ImportError:
        sys.exit("error: 'torch' needs PyTorch (Debian: apt-get install python3-torch; elsewhere: pip install torch); 'numpy' does not")

    torch.manual_seed(1)
    place = {item: i for i, item in enumerate(items)}
    mean, means = item_means(train)
    bias = torch.tensor([means.get(item, mean) for item in items], requires_grad=True)
    vectors = (0.1 * torch.randn(len(items), width)).requires_grad_()
    step = torch.tensor(1.0, requires_grad=True)

    def predict(support, query):
        rated = torch.tensor([place[item] for item, _ in support], dtype=torch.long)
        labels = torch.tensor([label for _, label in support], dtype=torch.float32)
        error = labels - bias[rated]
        user = step * (error[:, None] * vectors[rated]).sum(0) / (len(support) + 3)
        offset = error.sum() / (len(support) + 3)
        asked = torch.tensor([place[item] for item in query], dtype=torch.long)
        return bias[asked] + offset + vectors[asked] @ user

    users = list(train.values())
    optimizer = torch.optim.Adam([bias, vectors, step], lr=0.01)
    order = np.random.default_rng(1)
    for _ in range(steps):
        loss = 0.0
        for u in order.choice(len(users), min(8, len(users)), replace=False):
            support, query = users[u]
            target = torch.tensor([label for _, label in query], dtype=torch.float32)
            loss = loss + ((predict(support, [item for item, _ in query]) - target) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def scores(support, query):
        with torch.no_grad():
            return predict(support, query).numpy()

    return scores


def main():
    if len(sys.argv) not in (3, 4) or (sys.argv[3:] or ["numpy"])[0] not in ("numpy", "torch"):
        sys.exit("usage: python3 own_model.py TASKS SCORES [torch|numpy]")
    folder, answer, kind = sys.argv[1], sys.argv[2], (sys.argv[3:] or ["numpy"])[0]
    if not os.path.exists(os.path.join(folder, "manifest.json")):
        sys.exit(f"error: {folder} has no manifest.json; expected the folder that 'tasks export' wrote")
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    with open(os.path.join(folder, "items.csv"), newline="", encoding="utf-8") as file:
        items = [row["item"] for row in csv.DictReader(file)]
    train = read(folder, "train")
    scores = by_torch(train, items) if kind == "torch" else by_numpy(train, items)
    with open(answer, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["user", "testset", "item", "score"])
        for test in manifest["testsets"]:
            for user, (support, query) in read(folder, test["file"]).items():
                asked = [item for item, _ in query]
                for item, score in zip(asked, scores(support, asked)):
                    writer.writerow([user, test["number"], item, repr(float(score))])


if __name__ == "__main__":
    main()
