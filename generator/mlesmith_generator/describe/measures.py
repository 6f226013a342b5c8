"""Ways to say what each metric of the catalogue measures."""

from __future__ import annotations

MEASURES: dict[str, tuple[str, ...]] = {
    "rmse": (
        "[Scored|Judged|Graded] by the root mean squared error, `rmse`, in the [unit|scale] of "
        "{target}, [which weighs|giving weight to] large misses [most|above all].",
        "The [score|metric] is `rmse`: [errors|misses] are squared, averaged and [brought back|"
        "returned] to the [unit|scale] of {target} by a square root.",
        "`rmse`, the root mean squared error, [measures|tells] how far predictions of {target} are "
        "off, [big|large] misses counting [more than|beyond] their [share|number].",
        "[Each|Every] miss is squared before averaging (`rmse`), so [one error of ten units costs as "
        "much as a hundred of one unit|a few large errors can outweigh many small ones].",
    ),
    "mae": (
        "[Scored|Judged|Graded] by the mean absolute error, `mae`: the average distance between "
        "{target} and its prediction, in [the same unit|its own unit].",
        "The [score|metric] is `mae`, the average [size|amount] of [a miss|the error] on {target}, "
        "[whatever its sign|up or down alike].",
        "`mae` [averages|takes the mean of] the absolute errors: [a miss twice as large|double the "
        "miss] costs twice as much, [no more|and not more].",
        "How [far off|wrong] the predictions of {target} are on average is [what `mae` says|what "
        "counts (`mae`)|measured as `mae`].",
    ),
    "median_ae": (
        "[Scored|Judged|Graded] by `median_ae`, the median absolute error: half of the rows are "
        "closer to {target} than that.",
        "The [score|metric], `median_ae`, is the [middle one|median] of the absolute errors, "
        "[untouched|unmoved] by a few wild misses.",
        "`median_ae` [asks|tells] how close the [typical|median] prediction of {target} comes[; "
        "outliers do not matter|, outliers aside].",
    ),
    "rmsle": (
        "[Scored|Judged|Graded] by `rmsle`, the root mean squared error of logarithms: [relative|"
        "proportional] misses of {target} count, not absolute ones.",
        "The [score|metric] is `rmsle`; it compares ln(1 + {target}) with the [same|logarithm] of "
        "the prediction, so [being off by a factor|a factor] costs the same [at any size|for small "
        "and large values].",
        "`rmsle` [looks at|measures] the ratio of prediction and truth [more than|rather than] "
        "their difference[, through logarithms|: both are put through ln(1 + x)].",
        "[Twice too much costs|Doubling a value costs] [about|roughly] the same [for small and large "
        "values|everywhere on the scale] of {target}: that is `rmsle`.",
    ),
    "mape": (
        "[Scored|Judged|Graded] by `mape`: the mean error as a fraction of the true {target}.",
        "The [score|metric], `mape`, [divides|sets] every error by the true value, so 0.1 [means|"
        "stands for] ten per cent [off|on average].",
        "`mape` [tells|measures] by what [fraction|share] of itself {target} is missed on average.",
    ),
    "smape": (
        "[Scored|Judged|Graded] by `smape`, errors relative to the mean size of truth and "
        "prediction[, 2 at worst|].",
        "The [score|metric] is `smape`, a relative error that [treats|punishes] too much and too "
        "little [more evenly|alike].",
        "`smape` [measures|puts] the misses of {target} [against|in proportion to] the mean size of "
        "truth and prediction.",
    ),
    "r2": (
        "[Scored|Judged|Graded] by `r2`, the share of the variance of {target} that is explained[; "
        "0 is what the mean of the test rows would get|].",
        "The [score|metric] is `r2`: squared errors [compared with|set against] those of the mean of "
        "{target}.",
        "`r2` [tells|says] how much of the [spread|variance] of {target} the predictions account "
        "for[, 0 meaning none|; a constant gets 0 at best].",
        "[Explained variance|The explained share of the variance], `r2`, [is|makes] the score: [none "
        "for a constant, all for the exact values|0 for a good constant].",
    ),
    "pinball": (
        "[Scored|Judged|Graded] by `pinball`, the loss of the {alpha}-quantile of {target}: too low "
        "and too high [cost|are punished] in the ratio {alpha} to {rest}.",
        "The [score|metric] is `pinball` with alpha {alpha}; [it is least|the least loss comes] when "
        "a share {alpha} of the true values [lies|falls] below the prediction.",
        "`pinball` at {alpha} [asks for|rewards] a quantile of {target} [rather than|instead of] its "
        "mean.",
    ),
    "poisson_deviance": (
        "[Scored|Judged|Graded] by `poisson_deviance`, which [measures|weighs] errors of counts "
        "against the spread that such counts [have|show] anyway.",
        "The [score|metric] is `poisson_deviance`: missing {target} by two [matters|costs] more "
        "where two is much[, that is, at low counts|].",
        "`poisson_deviance` [compares|sets] the predicted rate [with|against] the count {target} as "
        "a Poisson model would.",
    ),
    "gamma_deviance": (
        "[Scored|Judged|Graded] by `gamma_deviance`, a relative error for positive [amounts|"
        "quantities] such as {target}.",
        "The [score|metric] is `gamma_deviance`: only the ratio of {target} to its prediction "
        "[matters|counts].",
        "`gamma_deviance` [punishes|charges] being off by a factor, [small and large values alike|"
        "at every size of {target}].",
    ),
    "spearman": (
        "[Scored|Judged|Graded] by `spearman`: does the order of the predictions match the order of "
        "{target}?",
        "The [score|metric] is `spearman`, the [correlation of ranks|rank correlation]; any rising "
        "transformation of the predictions [scores|gives] the same.",
        "Only the [ranking|order] by {target} [counts|matters], as `spearman` compares ranks.",
    ),
    "pearson": (
        "[Scored|Judged|Graded] by `pearson`, the linear correlation of predictions and {target}.",
        "The [score|metric] is `pearson`: predictions may be [shifted or scaled|on another scale], "
        "but must move with {target}.",
        "`pearson` [measures|tells] how well predictions and {target} lie on a line.",
    ),
    "accuracy": (
        "[Scored|Judged|Graded] by `accuracy`, the share of rows whose {target} is right.",
        "The [score|metric] is `accuracy`: [hits divided by rows|right answers over all answers]"
        "[, nothing more|].",
        "`accuracy` [counts|is] how many of the test rows [get|receive] the right {target}[, as a "
        "share|, divided by their number].",
        "[Every row counts|Each row counts] the same: `accuracy` is the share of [right answers|"
        "correct labels].",
    ),
    "balanced_accuracy": (
        "[Scored|Judged|Graded] by `balanced_accuracy`: for each class of {target} the share of its "
        "rows that is found, then the plain mean over classes.",
        "The [score|metric] is `balanced_accuracy`, [recall averaged over|the mean recall of] the "
        "{c} classes, so a rare class [weighs|counts] as much as a common one.",
        "`balanced_accuracy` [gives|grants] every class of {target} the same [say|vote|weight], "
        "[however|no matter how] few rows it has.",
        "[Finding|Recognising] the rows of each class counts [equally|alike] (`balanced_accuracy`): "
        "always naming the largest class [earns|gets] {chance}.",
    ),
    "f1": (
        "[Scored|Judged|Graded] by `f1`, the harmonic mean of precision and recall for {positive}.",
        "The [score|metric] is `f1` on the class {positive}: both [missing it|overlooking it] and "
        "[crying wolf|calling it falsely] cost.",
        "`f1` [balances|weighs up] how many {positive} rows are found [and|against] how many of the "
        "calls are right.",
    ),
    "fbeta": (
        "[Scored|Judged|Graded] by `fbeta`: precision and recall for {positive}, recall weighted "
        "[{beta} times as much|by {beta}].",
        "The [score|metric] is `fbeta` with beta {beta}, in which finding {positive} rows [counts|"
        "weighs] {beta} times as much as precision.",
        "`fbeta` [combines|joins] precision and recall for {positive}[, with beta at {beta}|; beta "
        "is {beta}].",
    ),
    "f1_macro": (
        "[Scored|Judged|Graded] by `f1_macro`: an F1 for each of the {c} classes of {target}, then "
        "their plain mean.",
        "The [score|metric] is `f1_macro`, in which a rare class [counts|weighs] as much as the "
        "[commonest|largest].",
        "`f1_macro` [averages|takes the mean of] precision and recall, joined as F1, over the "
        "classes of {target}[, each with the same weight|, large or small].",
        "[Each class of {target} earns|Each of the {c} classes earns] its own F1, and their mean "
        "[is|gives] `f1_macro`[, so no class can be skipped|].",
    ),
    "f1_weighted": (
        "[Scored|Judged|Graded] by `f1_weighted`: the F1 of each class of {target}, weighted by its "
        "number of rows.",
        "The [score|metric] is `f1_weighted`, a mean of the classes' F1 in which large classes "
        "[count|weigh] more.",
        "`f1_weighted` [joins|combines] precision and recall for each class and [weights|weighs] "
        "the classes by size.",
    ),
    "mcc": (
        "[Scored|Judged|Graded] by `mcc`, the Matthews correlation between true and predicted "
        "{target}[; guessing gets 0|].",
        "The [score|metric] is `mcc`: a correlation of labels that [uses|takes in] every cell of "
        "the confusion matrix.",
        "`mcc` [correlates|compares] predicted with true classes and gives [nothing|0] for any "
        "constant answer.",
    ),
    "cohen_kappa": (
        "[Scored|Judged|Graded] by `cohen_kappa`: agreement on {target} beyond what chance [gives|"
        "would give].",
        "The [score|metric] is `cohen_kappa`, [accuracy with the luck taken out|agreement less "
        "chance].",
        "`cohen_kappa` [subtracts|takes away] the agreement that chance [explains|would bring]; 0 "
        "[is|means] no better than that.",
    ),
    "quadratic_kappa": (
        "[Scored|Judged|Graded] by `quadratic_kappa`: agreement on ordered classes, each miss "
        "costing the square of its distance.",
        "The [score|metric] is `quadratic_kappa`; being two classes [off|away] [costs|weighs] four "
        "times as much as being one [off|away].",
        "`quadratic_kappa` [knows|uses] the order of the classes of {target}: near misses are "
        "[cheap|forgiven], far ones [expensive|are not].",
        "[Mistaking neighbours|Confusing neighbouring classes] costs little and [mistaking the "
        "extremes|confusing the ends of the scale] costs much: that is `quadratic_kappa`.",
    ),
    "roc_auc": (
        "[Scored|Judged|Graded] by `roc_auc`: the chance that a [random|randomly chosen] {positive} "
        "row gets a higher value than a random {negative} row.",
        "The [score|metric] is `roc_auc`, which [only looks|looks only] at the order of the "
        "predictions: {positive} rows should come [before|above] {negative} rows.",
        "`roc_auc` [measures|tells] how well predictions rank {positive} above {negative}[, at "
        "every threshold at once|; a coin gets 0.5|].",
        "[Put|Sort] the test rows [in order|] by prediction; `roc_auc` [is|gives] the share of "
        "pairs of one {positive} and one {negative} row that [come out right|are ordered right].",
    ),
    "roc_auc_ovr": (
        "[Scored|Judged|Graded] by `roc_auc_ovr`: for each class of {target}, how well its "
        "probability ranks its own rows above the others, then the mean.",
        "The [score|metric] is `roc_auc_ovr`, the area under the ROC curve of each class against "
        "the rest, averaged[ over {c} classes|].",
        "`roc_auc_ovr` [looks only|only looks] at order: within each class's column, rows of the "
        "class should [stand|come] on top.",
    ),
    "average_precision": (
        "[Scored|Judged|Graded] by `average_precision`, the area under the precision-recall curve "
        "for {positive}.",
        "The [score|metric] is `average_precision`: walking down the ranking, how [pure|clean] is "
        "the list each time [another|one more] {positive} row is found?",
        "`average_precision` [rewards|favours] rankings with {positive} rows at the very top[; "
        "random order gets the share of {positive}, {share}|].",
        "[What matters is the head|It is the head] of the ranking [that matters|]: `average_precision` "
        "[averages precision|takes the mean precision] over the {positive} rows as they are found.",
    ),
    "log_loss": (
        "[Scored|Judged|Graded] by `log_loss`: the mean of minus the logarithm of the probability "
        "[given|assigned] to the true {target}.",
        "The [score|metric] is `log_loss`, which [punishes|charges] confident mistakes [most|hard] "
        "and rewards [honest|calibrated] probabilities.",
        "`log_loss` [asks for|wants] probabilities that can be taken at their word: [sure and wrong|"
        "certainty about the wrong class] [costs most|is expensive].",
        "[Probability|The probability] put on the true class is what pays; `log_loss` is the mean "
        "[of its negative logarithm|negative logarithm of it].",
    ),
    "brier": (
        "[Scored|Judged|Graded] by `brier`, the mean squared error of the predicted probabilities.",
        "The [score|metric] is `brier`: squared distance between probability and outcome[, averaged "
        "over the rows|].",
        "`brier` [rewards|asks for] probabilities of {target} that are both sharp and [honest|"
        "calibrated].",
    ),
    "top_k_accuracy": (
        "[Scored|Judged|Graded] by `top_k_accuracy`: the share of rows whose true {target} is among "
        "the {topk} most probable classes.",
        "The [score|metric] is `top_k_accuracy`; {topk} [guesses|tries] are allowed for each row.",
        "`top_k_accuracy` [counts|scores] a row as right when its class is [one of|among] the "
        "{topk} given the highest probability.",
    ),
}  # fmt: skip
ANY = (
    "[Scored|Judged|Graded] by `{name}` [between|on] the submitted and the true {target}.",
    "The [score|metric] is `{name}`, [computed|taken] on {target} for the hidden rows.",
    "`{name}` [compares|matches] predictions of {target} with the truth.",
)
"""For a metric that was registered from outside."""
