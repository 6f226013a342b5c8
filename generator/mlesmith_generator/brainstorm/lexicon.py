"""What words in a column's name say about whether a practitioner would predict it.

The weights are judgements of general words, in the languages that public tables come in. They are
one signal among several: position, type, balance and learnability are measured.
"""

from __future__ import annotations

_OUTCOME: dict[float, str] = {
    3.4: """target class outcome label y response diagnosis dx survived churn churned spam fraud
        fraudulent depvar dependent readmitted attrition ziel zielvariable cible objetivo alvo
        obiettivo doel цель целевая 目标 標籤 标签 目的変数 clase classe klasse klass класс 类别 类
        ergebnis resultat résultat resultado risultato uitkomst результат 结果 結果""",
    2.8: """result results survive survival died death dead mortality price saleprice salary wage
        wages yield charges purchase purchased bought vote voted deny denied approved default
        defaulted canceled cancelled success successful won winner win choice decision
        malignant malignancy disease cancer tumor relapse recur recurrence recidivism callback
        fate exited poisonous edible potable potability hazardous bankrupt bankruptcy delinquent
        delinquency medal ftr tomorrow next released removed stranded diabetic prognosis converted
        conversion subscribed clicked preis prix precio prezzo preço preco prijs pris цена стоимость
        价格 値段 価格 gehalt lohn salaire salario salário sueldo stipendio loon lön зарплата 工资
        給料 überlebt ueberlebt survécu gestorben décès deces muerte morte óbito obito смерть 死亡
        ertrag rendement rendimiento rendimento resa opbrengst урожай 产量""",
    2.2: """chance probability prob likelihood marketvalue status quality score rating ratings
        stars grade popularity revenue profit turnover demand consumption delay sales severity
        damage fatal fatalities casualties tip strength mpg expectancy approval satisfaction
        readmission hospitalized stroke infarction remission event failure failed fault defect
        anomaly risk cost costs loss losses claim claims expenditure gross earnings rent
        concentration conc emissions emission exam gpa mark marks admit admission hired
        accepted acceptance sentiment polarity stance emotion intent species attack bands
        visits los stay count counts quantity affairs fertility immun immunized vaccinated
        views installs downloads subscribers retweets upvotes numcomments commentcount goals runs
        wins pts attendance turnout lengthofstay rul absenteeism placed placement compensation
        premium spend spending clv ctr clicks unitssold suicides crime crimes burnedarea bodyfat
        octane wear bugs effort cnt
        permeability solubility toxicity activity remote satisfied recommended recommend obese
        obesity pass passed completed retention qualität qualite qualité calidad qualità
        kwaliteit kvalitet качество 质量 品質 bewertung calificación calificacion puntuación nota
        voto note noten cijfer оценка 评分 評価 umsatz vente ventes ventas vendite omzet vendas
        продажи 销量 売上 gewinn bénéfice beneficio kosten coût cout coste costo custo 成本 費用
        anzahl nombre cantidad quantità aantal количество 数量 miete loyer alquiler affitto huur
        aluguel аренда 房租 nachfrage""",
    1.5: """genre mood crop fire alarm orders recovered inflation aqi pm10 cdr mmse updrs edss
        apgar madrs nihss phq9
        type category kind duration total value final cause stage level score points amount
        rate likes shares share votes gross volume output production biomass growth cases
        deaths births injured injury injuries error weight income profits budget interest fare
        debt loan bid box office payment performance progress change answer opinion support
        attitude belief feeling trust confidence happiness satisfaction agree fruits seeds
        ticks lasted signal pm25 ozone nox radon load energy typ art tipo categoria categoría
        catégorie kategorie soort тип категория 类型 種類 dauer durée duree duración durata duur
        wert valeur valor valore waarde betrag montant importe importo bedrag сумма 金额 金額
        einkommen revenu ingreso reddito inkomen доход""",
    0.8: """invest invested investment headache pain symptom symptoms infection infected minutes
        life spell perc wt growth_rate time rel cens censor delta use used ph poverty height bmi
        calories protein
        oil percent pct share ratio index trust medv magnitude mag speed age_at wage finish
        position place completion reads math read reading writing""",
}
_CONTEXT: dict[float, str] = {
    -4.0: """id ids uuid guid key url uri link href hash slug rownames rowname rownum unnamed
        filename path email phone fax ssn isbn""",
    -3.0: """name names title firstname lastname surname nachname vorname nom prénom
        nombre_completo nome naam имя 姓名 名前 address street adresse dirección indirizzo comment
        comments description desc text note notes remarks summary timestamp date datetime
        datum fecha data дата 日期 jour day month mois monat mes mese maand hour minute week
        weekday dow uur heure stunde hora zip zipcode postcode postal plz code codes iso iso2
        iso3 lat lon long lng latitude longitude xcoord ycoord coord x_coord y_coord sq
        squared sqrt order seq serial version wave edition uncert uncertainty stderr""",
    -1.8: """year yr année annee jahr año ano anno jaar год 年 row col column rep replicate block
        plot plots field tray rack quadrat bench gen genotype variety treatment treat trt arm
        dose design study arrangement arrangements assignment assigned allocation allocated protocol
        protocols setting settings setup replication replications experiment experiments framing
        manipulation randomized randomised randomization randomisation blocks arms trials
        site location loc place region state country county city province
        district town village nation territory continent neighborhood neighbourhood pays land
        país paese estado стран город 国家 地区 地域 round session trial visit occasion batch lot
        station store shop school hospital clinic company brand owner author artist director
        producer manufacturer maker make model team player driver user customer client patient
        subject person participant respondent group index lag lagged prev previous prior
        baseline bl pre initial base min max source page number num nr log ln diff sex gender
        race ethnicity ethn geschlecht sexe sexo sesso geslacht пол 性别 性別 hispan hispanic
        nationality citizenship language religion marital married marriage urban rural metro""",
    -0.9: """dependents age alter âge edad età leeftijd idade возраст 年龄 年齢 education educ edu
        school schooling occupation job family children kids household hhsize smoke smoker
        smoking alcohol drinks mother father parent husband wife ht height temp temperature
        humidity water wind pressure unemployed unemployment employed born birth width length
        size area population pop gdp distance color colour material format mode first second
        third left right upper lower expected predicted estimated estimate est fitted adjusted
        adj mean avg average""",
}
_CONTEXT_MEASURED = {"actual": 0.8, "observed": 0.8, "measured": 0.8, "after": 0.8, "post": 0.6,
                     "future": 1.5, "is": 0.4, "has": 0.2,
                     "condition": -0.4, "conditions": -0.4}  # fmt: skip


def _weights() -> dict[str, float]:
    table: dict[str, float] = {}
    for block in (_OUTCOME, _CONTEXT):
        for weight, text in block.items():
            for word in text.split():
                if word not in table or abs(weight) > abs(table[word]):
                    table[word] = weight
    return table | _CONTEXT_MEASURED


WEIGHTS = _weights()
"""Weight by word: positive for outcomes, negative for keys, times, places and design."""

DESIGN = frozenset(
    "arrangement arrangements assignment assigned allocation allocated protocol setting settings "
    "setup treatment treat trt arm arms block blocks replicate replication rep randomized "
    "randomised randomization randomisation framing manipulation plot experiment".split()
)
"""Words for how an experiment was laid out, which no place in a table makes an outcome."""
GIVEN = frozenset({"placebo", "treatment", "treated", "sham", "intervention", "experimental"})
"""Levels of what was done to those who took part in one."""

JUDGEMENTS = frozenset(
    "rating ratings rated stars verdict verdicts recommended recommend recommends recommendation "
    "sentiment satisfaction satisfied opinion liked likeability rebuy repurchase".split()
)
"""Words for what one person says of a thing at one sitting."""
EARLIER_STAGES = frozenset(
    "previous prior prev past last lag lagged historical history initial baseline expected "
    "predicted forecast before pre earlier old former start starting opening first half "
    "halftime midterm home away mother father parent parents".split()
)
"""Words for what was known at an earlier stage, or of somebody else."""
