#!/usr/bin/env python3
"""Trains src/html/model.txt from pages with the article's text beside them, and says how well it carries over.

usage: cargo build --release --example html_numbers
       pip install lightgbm numpy
       benches/html/train.py PAGES.jsonl... [--export]

PAGES lines: {"id", "url", "html", "text"}. Pages are split by site for cross-validation; the figures are those of
pages whose sites were not trained on. --export trains on all pages and writes the model.
"""
import json,re,collections,statistics as st,numpy as np
from urllib.parse import urlparse
W=re.compile(r"\w+")
def label(blocks,gold):
    g=W.findall(gold)
    pos=collections.defaultdict(list)
    for i in range(len(g)-3): pos[tuple(g[i:i+4])].append(i)
    toks=[W.findall(b) for b in blocks]
    used=np.zeros(len(g)+1,bool)
    lab=np.zeros(len(blocks)); at=[None]*len(blocks)
    for k,t in enumerate(toks):
        if len(t)>=6:
            hits=[]
            for i in range(len(t)-3):
                c=[p for p in pos.get(tuple(t[i:i+4]),()) if not used[p]]
                if c:
                    # prefer continuing
                    p=min(c,key=lambda p: abs(p-(hits[-1]+1)) if hits else p)
                    hits.append(p)
            s=len(hits)/(len(t)-3)
            if s>=0.5:
                lab[k]=s; at[k]=(min(hits),max(hits)+4)
                for h in hits: used[h]=True
    # covered tokens
    cov=np.zeros(len(g)+1,bool)
    for i in range(len(g)-3):
        if used[i]: cov[i:i+4]=True
    first=collections.defaultdict(list)
    for i,w in enumerate(g): first[w].append(i)
    n=len(blocks)
    nxt=[len(g)]*(n+1)
    for k in range(n-1,-1,-1):
        nxt[k]=at[k][0] if at[k] else nxt[k+1]
    prev=0
    for k,t in enumerate(toks):
        if at[k]: prev=max(prev,at[k][1]); continue
        if 0<len(t)<6:
            hi=nxt[k+1]
            for p in first.get(t[0],()):
                if p>=prev-2 and p+len(t)<=max(hi,prev)+2 and g[p:p+len(t)]==t and not cov[p:p+len(t)].any():
                    lab[k]=1; cov[p:p+len(t)]=True; prev=max(prev,p); break
    return lab,toks
def shing(t,n=4):
    return collections.Counter(tuple(t[i:i+n]) for i in range(max(1,len(t)-n+1))) if t else collections.Counter()
def page_scores(gt,pt):
    s,q=shing(gt),shing(pt); hit=sum((s&q).values())
    P=hit/sum(q.values()) if q else None; R=hit/sum(s.values()) if s else None
    tl,pl=collections.Counter(w.lower() for w in gt),collections.Counter(w.lower() for w in pt)
    o=sum((tl&pl).values()); f=2*o/(len(gt)+len(pt)) if gt or pt else 1.0
    return P,R,gt==pt,f
def summary(rows,types):
    P=[r[0] for r in rows if r[0] is not None];R=[r[1] for r in rows if r[1] is not None]
    p,r=st.mean(P),st.mean(R)
    by=collections.defaultdict(list)
    for x,t in zip(rows,types): by[t].append(x[3]); by['all'].append(x[3])
    return f"P {p:.4f} R {r:.4f} F1 {2*p*r/(p+r):.4f} exact {st.mean(x[2] for x in rows):.3f} | "+' '.join(f"{k} {st.mean(v):.4f}" for k,v in sorted(by.items()))
import pickle,sys,hashlib,time,subprocess,os,lightgbm as lgb
BIN = 'target/release/examples/html_numbers'
def fold(d,k=5): return int(hashlib.md5(d['site'].encode()).hexdigest(),16)%k
def weights(d):
    n=np.array([len(t) for t in d['toks']],float)
    tot=max(len(d['gt']),50)
    w=(np.minimum(n/tot,1)*20+0.05)
    return w*{'article':1,'news':1.5}.get(d['type'],0.8)
P=dict(objective='binary',num_leaves=6,learning_rate=0.1,min_data_in_leaf=60,feature_fraction=0.3,bagging_fraction=0.8,bagging_freq=1,lambda_l2=10,verbose=-1,num_threads=2,seed=1,max_bin=63)
def fit(train,key,rounds,**over):
    X=np.vstack([d[key] for d in train]); y=np.concatenate([d['y']>0.5 for d in train]); w=np.concatenate([weights(d) for d in train])
    return lgb.train({**P,**over},lgb.Dataset(X,y.astype(int),weight=w),rounds)
def pred(m,d,key): return m.predict(d[key]) if len(d[key]) else np.zeros(0)
def cv(D,key,rounds,**over):
    out=[None]*len(D)
    for k in range(5):
        m=fit([d for d in D if fold(d)!=k],key,rounds,**over)
        for i,d in enumerate(D):
            if fold(d)==k: out[i]=pred(m,d,key)
    return out
def adaptive(d,p,beta2=1.0):
    n=np.array([len(t) for t in d['toks']],float)
    if not len(p) or n.sum()==0: return 0.5
    o=np.argsort(-p); w=n[o]; q=p[o]
    f=(1+beta2)*np.cumsum(w*q)/np.maximum(np.cumsum(w)+beta2*(n*p).sum(),1)
    return f.max()/(1+beta2)
def export(models,names,path):
    def tree(t):
        out=[]
        def walk(n):
            q=[n]; idx={}
            # breadth-first; children pairs adjacent
            order=[n]; i=0; res=[None]
            while i<len(order):
                m=order[i]
                if 'leaf_value' in m and 'split_feature' not in m: res[i]=f"= {m['leaf_value']:.4g}"
                else:
                    first=len(order); order+= [m['left_child'],m['right_child']]; res+=[None,None]
                    res[i]=f"{m['split_feature']} {m['threshold']:.6g} {first}"
                i+=1
            return ' '.join(res)
        return walk(t['tree_structure'])
    parts=[]
    for m,n in zip(models,names):
        parts.append(' '.join(n)+'\n'+'\n'.join(tree(t) for t in m.dump_model()['tree_info']))
    open(path,'w').write('\n\n'.join(parts)+'\n')

def evaluate(D, preds):
    for s in sorted({d['set'] for d in D}):
        rows, types = [], []
        for d, p in zip(D, preds):
            if d['set'] == s:
                t0 = adaptive(d, p)
                rows.append(page_scores(d['gt'], [w for t, q in zip(d['toks'], p) if q > t0 for w in t])); types.append(d['type'])
        print(s, summary(rows, types), flush=True)

def numbers(path, likely=None):
    args = [BIN, 'dump'] + ([likely] if likely else [])
    with open(path) as pages, subprocess.Popen(args, stdin=pages, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as made:
        yield from map(json.loads, made.stdout)

def main():
    import tempfile
    export_model = '--export' in sys.argv
    paths = [a for a in sys.argv[1:] if a != '--export']
    names = json.loads(subprocess.check_output([BIN, 'names']))
    D = []
    for path in paths:
        for line, d in zip(open(path), numbers(path)):
            g = json.loads(line)
            site = '.'.join(urlparse(g['url']).netloc.split('.')[-2:])
            lab, toks = label(d['blocks'], g['text'])
            X = np.array(d['rows'], np.float32).reshape(len(d['blocks']), len(names[0]))
            D.append(dict(set=path, type=g.get('type', 'news'), site=site, X=X, y=lab, toks=toks, gt=W.findall(g['text'])))
    first, second = (260, dict(learning_rate=0.08)), (160, dict(learning_rate=0.06))
    p1 = cv(D, 'X', first[0], **first[1]); print('first judgement'); evaluate(D, p1)
    for path in paths:
        sub = [(d, p) for d, p in zip(D, p1) if d['set'] == path]
        with tempfile.NamedTemporaryFile('w', suffix='.jsonl') as f:
            f.writelines(json.dumps([round(float(x), 5) for x in p]) + '\n' for _, p in sub); f.flush()
            for (d, _), r in zip(sub, numbers(path, f.name)):
                d['X2'] = np.array(r['rows'], np.float32).reshape(len(r['blocks']), len(names[1]))
    p2 = cv(D, 'X2', second[0], **second[1]); print('second judgement'); evaluate(D, p2)
    if export_model:
        export([fit(D, 'X', first[0], **first[1]), fit(D, 'X2', second[0], **second[1])], names, 'src/html/model.txt')

if __name__ == '__main__':
    main()
