"""Random search, TPE and ASHA of Optuna on a model's settings, whose values another process gives.

Standard input: a line of JSON with the ranges, then an answer to each question. Standard output: a line
`ask TUNER SEED SPENT EPOCHS VALUE/VALUE/…` for each question (epochs of all trials with this one, epochs of this one), a line
`end TUNER SEED` for each search.

usage: python3 search_melu.py RUNS EPOCHS SEED…
"""
import json
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
runs, epochs, *seeds = map(int, sys.argv[1:])
ranges = json.loads(sys.stdin.readline())


def suggest(trial, r):
    if r["choices"]:
        return trial.suggest_categorical(r["key"], r["choices"])
    if r["integer"]:
        return str(trial.suggest_int(r["key"], int(r["low"]), int(r["high"]), log=r["log"]))
    return repr(trial.suggest_float(r["key"], r["low"], r["high"], log=r["log"]))


def ask(tuner, seed, spent, point, count):
    print(f"ask {tuner} {seed} {spent} {count} {point}", flush=True)
    return float(sys.stdin.readline())


first = {r["key"]: r["default"] if r["choices"] else float(r["default"]) for r in ranges}
rungs = [e for e in (epochs // 9, epochs // 3, epochs) if e > 0]

for seed in seeds:
    for tuner, sampler in (("random", optuna.samplers.RandomSampler), ("tpe", optuna.samplers.TPESampler)):
        study = optuna.create_study(sampler=sampler(seed=seed), direction="maximize")
        study.enqueue_trial(first)
        study.optimize(
            lambda t: ask(tuner, seed, epochs * (t.number + 1), "/".join(suggest(t, r) for r in ranges), epochs), n_trials=runs
        )
        print(f"end {tuner} {seed}", flush=True)

    # As many epochs as the others; going on from a rung costs the epochs that it adds.
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=rungs[0], reduction_factor=3, min_early_stopping_rate=0)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed), pruner=pruner, direction="maximize")
    study.enqueue_trial(first)
    spent = 0

    def halved(trial):
        global spent
        point = "/".join(suggest(trial, r) for r in ranges)
        before = 0
        for count in rungs:
            spent += count - before
            before = count
            value = ask("asha", seed, spent, point, count)
            trial.report(value, count)
            if count < epochs and trial.should_prune():
                raise optuna.TrialPruned()
        return value

    while spent < runs * epochs:
        study.optimize(halved, n_trials=1)
    print(f"end asha {seed}", flush=True)
