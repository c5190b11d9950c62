"""Random search, TPE and ASHA of Optuna on the functions of SearchFunctions.fs.

Standard output: a line `function,tuner,seed,epochs spent,epochs of the trial,value seen,value` for each value that a search is told.

usage: python3 search_optuna.py RUNS SEED…
"""
import math
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def sphere(t):
    return sum(t.suggest_float(f"x{i}", -5, 10) ** 2 for i in range(1, 6))


def rosenbrock(t):
    a, b = (t.suggest_float(f"x{i}", -2, 2) for i in (1, 2))
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2


def branin(t):
    a, b = (t.suggest_float(f"x{i}", -5, 15) for i in (1, 2))
    q = b - 5.1 / (4 * math.pi**2) * a * a + 5 / math.pi * a - 6
    return q * q + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10


def ackley(t):
    x = [t.suggest_float(f"x{i}", -30, 20) for i in (1, 2, 3)]
    root = math.sqrt(sum(v * v for v in x) / 3)
    waves = sum(math.cos(2 * math.pi * v) for v in x) / 3
    return -20 * math.exp(-0.2 * root) - math.exp(waves) + 20 + math.e


def conditional(t):
    kind = t.suggest_categorical("kind", ["sgd", "adam"])
    rate = math.log10(t.suggest_float("rate", 1e-6, 1, log=True))
    width = math.log2(t.suggest_int("width", 1, 256, log=True))
    if kind == "sgd":
        value = 0.5 + (t.suggest_float("momentum", 0, 1) - 0.9) ** 2 + 0.3 * (rate + 1) ** 2
    else:
        value = 0.3 * (rate + 3) ** 2
    return value + 0.1 * (width - 6) ** 2


# The middle of every interval, or the first choice: what our searches try first.
FUNCTIONS = {
    "sphere": (sphere, {f"x{i}": 2.5 for i in range(1, 6)}),
    "Rosenbrock": (rosenbrock, {"x1": 0.0, "x2": 0.0}),
    "Branin": (branin, {"x1": 5.0, "x2": 5.0}),
    "Ackley": (ackley, {f"x{i}": -5.0 for i in (1, 2, 3)}),
    "conditional": (conditional, {"kind": "sgd", "rate": 1e-3, "momentum": 0.5, "width": 13}),
}

EPOCHS = 9

# How far the values of a training of one epoch may be off, by function; see `early` of search.fsx.
SPREAD = {"sphere": 10.0, "Rosenbrock": 2.0, "Branin": 5.0, "Ackley": 2.0, "conditional": 0.5}


def early(name, params, value, epoch):
    """The value after some epochs: the more there are, the nearer it is to the last one."""
    numbers = [p for p in params.values() if not isinstance(p, str)]
    wave = math.sin(sum((i + 1) * 12.9898 * x for i, x in enumerate(numbers)))
    return value + SPREAD[name] * (EPOCHS / epoch - 1) / EPOCHS * abs(wave)


def asha(name, function, first, seed, budget):
    """Random points under asynchronous successive halving, until the epochs are spent."""
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3, min_early_stopping_rate=0)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed), pruner=pruner)
    study.enqueue_trial(first)
    spent = 0

    def objective(trial):
        nonlocal spent
        value = function(trial)
        for epoch in range(1, EPOCHS + 1):
            spent += 1
            seen = early(name, trial.params, value, epoch)
            print(f"{name},asha,{seed},{spent},{epoch},{seen!r},{value!r}")
            trial.report(seen, epoch)
            if epoch < EPOCHS and trial.should_prune():
                raise optuna.TrialPruned()
        return value

    while spent < budget:
        study.optimize(objective, n_trials=1)


runs, *seeds = map(int, sys.argv[1:])
for name, (function, first) in FUNCTIONS.items():
    for seed in seeds:
        asha(name, function, first, seed, runs * EPOCHS)
    for tuner, sampler in (("random", optuna.samplers.RandomSampler), ("tpe", optuna.samplers.TPESampler)):
        for seed in seeds:
            study = optuna.create_study(sampler=sampler(seed=seed))
            study.enqueue_trial(first)
            study.optimize(function, n_trials=runs)
            for trial in study.trials:
                spent = EPOCHS * (trial.number + 1)
                print(f"{name},{tuner},{seed},{spent},{EPOCHS},{trial.value!r},{trial.value!r}")
